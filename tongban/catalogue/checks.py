"""`content check`: read every file, lint across files, and say what to write instead."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tongban.catalogue.content.findings import Finding, sort_findings
from tongban.catalogue.content.loader import faults_of_rooms, read_content
from tongban.catalogue.rules.lint import lint
from tongban.kernel.contentfiles import ContentFile

NO_VERBS: Mapping[str, set[str]] = {}


def check_content(
    root: Path,
    *,
    verbs: Mapping[str, set[str]] = NO_VERBS,
    files: Iterable[ContentFile[Any]] = (),
) -> tuple[Finding, ...]:
    """Return every finding of a content folder, in the order of files and lines.

    `verbs` names, for "package" and "case", the verbs that can happen to such a proceeding; the
    machines live in higher rooms, so the caller hands them in, and likewise `files`, those that
    rooms read for themselves. Files that break their schema are reported without what the linter
    says: what they name cannot be followed.
    """
    content, findings = read_content(root)
    found = lint(content, verbs) if content else findings
    return sort_findings([*found, *faults_of_rooms(root, files)])
