"""The content linter: what a schema cannot see, across all files.

A rule is a function from `View` to findings. Codes are stable: C0xx are rules of this platform,
Q1 to Q14 the data-quality rules of domain-01 §1.5. Every finding says where, what, why it
matters and what to write instead.
"""

from collections.abc import Mapping

from tongban.catalogue.content.findings import Finding, sort_findings
from tongban.catalogue.content.loader import Content
from tongban.catalogue.rules.lint import (
    answers,
    calendars,
    conditions,
    forms,
    items,
    packages,
    places,
    quality,
    references,
    requests,
    tongues,
    trades,
)
from tongban.catalogue.rules.lint.view import Rule, View

RULES: tuple[Rule, ...] = (
    *references.RULES,
    *forms.RULES,
    *conditions.RULES,
    *items.RULES,
    *quality.RULES,
    *packages.RULES,
    *trades.RULES,
    *places.RULES,
    *requests.RULES,
    *answers.RULES,
    *calendars.RULES,
    *tongues.RULES,
)


def lint(content: Content, verbs: Mapping[str, set[str]]) -> tuple[Finding, ...]:
    """Check content across its files.

    `verbs` names, for "package" and "case", the verbs that can happen to a proceeding; where a
    kind is not given, clocks of that kind are not checked against it.
    """
    view = View(content, verbs)
    return sort_findings(finding for rule in RULES for finding in rule(view))
