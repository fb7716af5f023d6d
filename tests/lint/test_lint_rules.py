"""Every rule of lint finds what its first example does wrong, at a place, and nothing in its second."""

from __future__ import annotations

import pytest
from lint_project import JudgedProject, codes

from medallion_toolkit.error_codes import CODES
from medallion_toolkit.lint.findings import LintRule
from medallion_toolkit.lint.library import RULES

EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@EACH
def test_the_offending_example_is_found_where_it_offends(rule: LintRule, judged: JudgedProject) -> None:
    result = judged.lint(rule.offends.files)
    own = [finding for finding in result.findings if finding.code == rule.code]
    assert own
    assert {finding.level for finding in own} == {rule.level}
    for finding in own:
        line = judged.text(finding.place.path).splitlines()[finding.place.line - 1]
        assert 1 <= finding.place.column <= len(line) + 1
        assert finding.message
        assert finding.help
        assert bool(finding.edits) == rule.fixes


@EACH
def test_the_other_example_is_clean(rule: LintRule, judged: JudgedProject) -> None:
    result = judged.lint(rule.fine.files)
    assert rule.code not in codes(result)
    assert [finding.as_text() for finding in result.findings if finding.level == "error"] == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fixes], ids=lambda rule: rule.name)
def test_what_is_repaired_stays_repaired(rule: LintRule, judged: JudgedProject) -> None:
    before = judged.lint(rule.offends.files)
    after = judged.lint(fix=True)
    fixable = [finding for finding in before.findings if finding.edits]
    assert after.fixed >= len(fixable)
    assert [finding for finding in after.findings if finding.edits] == []
    again = judged.lint(fix=True)
    assert (again.fixed, codes(again)) == (0, codes(after))


def test_codes_and_names_are_unique_and_listed() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)
    assert {rule.code for rule in RULES} <= set(CODES)
    assert [rule.name for rule in RULES if not rule.why.endswith(".")] == []
