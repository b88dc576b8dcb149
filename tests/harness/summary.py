"""What was skipped is said loudly: a green run that left something out shows it at its end."""

from __future__ import annotations

from collections import defaultdict


def pytest_terminal_summary(terminalreporter):
    reasons = defaultdict(list)
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else "skipped"
        reasons[reason.removeprefix("Skipped: ")].append(report.nodeid)
    if not reasons:
        return
    count = sum(len(tests) for tests in reasons.values())
    terminalreporter.section(f"NOT TESTED: {count} skipped", sep="!", yellow=True, bold=True)
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{len(tests)} x {reason}")
        for test in tests[:5]:
            terminalreporter.write_line(f"    {test}")
        if len(tests) > 5:
            terminalreporter.write_line(f"    … and {len(tests) - 5} more")
