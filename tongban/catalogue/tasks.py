"""The commands of the catalogue: check, fmt, publish, diff. Each answers an exit code."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tongban.catalogue.actions import publish
from tongban.catalogue.checks import check_content
from tongban.catalogue.content.emitter import CommentWouldBeLost, content_files, reformat
from tongban.catalogue.content.findings import Finding
from tongban.catalogue.content.loader import ContentBroken, faults_of_rooms, load_content
from tongban.catalogue.content.yamlfiles import BadYaml
from tongban.catalogue.queries import pending_changes
from tongban.catalogue.rules.changes import Change
from tongban.catalogue.rules.published import package_data
from tongban.catalogue.rules.tongues import shares_of
from tongban.kernel.actors import SYSTEM
from tongban.kernel.contentfiles import ContentFile
from tongban.records.queries import city_now

CONTENT = Path(__file__).parents[2] / "content"
NO_VERBS: Mapping[str, set[str]] = {}


def cli_check(
    argv: Sequence[str] = (),
    *,
    verbs: Mapping[str, set[str]] = NO_VERBS,
    files: Sequence[ContentFile[Any]] = (),
) -> int:
    """Lint a content folder; 1 where anything stops publishing."""
    findings = check_content(_root(argv), verbs=verbs, files=files)
    _say_findings(findings)
    blocking = sum(finding.blocking for finding in findings)
    _say(f"{blocking} 处必须修改，{len(findings) - blocking} 处建议。")
    return 1 if blocking else 0


def cli_fmt(argv: Sequence[str] = ()) -> int:
    """Write every file in the one form; with --check only name those that are not."""
    root, is_check = _root(argv), "--check" in argv
    wrong = 0
    for path, kind in content_files(root):
        text = path.read_text(encoding="utf-8")
        try:
            better = reformat(kind, text)
        except (BadYaml, CommentWouldBeLost, ValidationError) as fault:
            wrong += 1
            line = getattr(fault, "line", 1)
            _say(f"{path.relative_to(root)}:{line} C007 {_fmt_fault(fault)}")
            continue
        if better != text:
            wrong += is_check
            _say(f"{path.relative_to(root)}{' 格式不规范' if is_check else ' 已改写'}")
            if not is_check:
                path.write_text(better, encoding="utf-8")
    return 1 if wrong else 0


def cli_publish(
    argv: Sequence[str] = (),
    *,
    verbs: Mapping[str, set[str]] = NO_VERBS,
    files: Sequence[ContentFile[Any]] = (),
) -> int:
    """Publish a content folder and say what changed for citizens."""
    if faults := faults_of_rooms(_root(argv), files):
        return _refuse(ContentBroken(faults))
    try:
        done = publish(_root(argv), by=SYSTEM, now=city_now(), verbs=verbs)
    except ContentBroken as broken:
        return _refuse(broken)
    _say_changes(done.changes, argv)
    return 0


def _refuse(broken: ContentBroken) -> int:
    _say_findings(broken.findings)
    _say(broken.sentence)
    return 1


def cli_diff(argv: Sequence[str] = ()) -> int:
    """Say what publishing would change for citizens."""
    try:
        changes = pending_changes(_root(argv))
    except ContentBroken as broken:
        _say_findings(broken.findings)
        return 1
    _say_changes(changes, argv)
    return 0


def cli_languages(argv: Sequence[str] = ()) -> int:
    """Say how much of each package is written in each language."""
    for code, data in package_data(load_content(_root(argv))):
        shares = shares_of(data)
        told = "，".join(f"{one} {there}/{of}" for one, (there, of) in shares.items())
        _say(f"{code} {told}")
    return 0


def _root(argv: Sequence[str]) -> Path:
    places = [word for word in argv if not word.startswith("-")]
    return Path(places[0]) if places else CONTENT


def _say_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        _say(str(finding))


def _say_changes(changes: Sequence[Change], argv: Sequence[str]) -> None:
    language = "en" if "--en" in argv else "zh"
    for line in (line for change in changes for line in change.lines):
        _say(line.say(language))
    if not changes:
        _say("nothing changed" if language == "en" else "没有变化。")


def _fmt_fault(fault: Exception) -> str:
    if isinstance(fault, CommentWouldBeLost):
        return "注释只能写在文件开头，改写会丢掉它。请移到开头或写进 note、basis。"
    if isinstance(fault, BadYaml):
        return f"不是可读的 YAML：{fault.what}。"
    return "不符合格式，请先运行 tongban content check。"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
