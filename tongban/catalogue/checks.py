"""`content check`: read every file, lint across files, and say what to write instead."""

from collections.abc import Mapping
from pathlib import Path

from tongban.catalogue.content.findings import Finding
from tongban.catalogue.content.loader import read_content
from tongban.catalogue.rules.lint import lint

NO_VERBS: Mapping[str, set[str]] = {}


def check_content(root: Path, *, verbs: Mapping[str, set[str]] = NO_VERBS) -> tuple[Finding, ...]:
    """Return every finding of a content folder, in the order of files and lines.

    `verbs` names, for "package" and "case", the verbs that can happen to such a proceeding; the
    machines live in higher rooms, so the caller hands them in. Files that break their schema are
    reported alone: what they name cannot be followed.
    """
    content, findings = read_content(root)
    return lint(content, verbs) if content else findings
