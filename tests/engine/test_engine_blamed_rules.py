"""What a rule of a contract cannot say fails in the table's function, and is told as the rule's fault."""

from __future__ import annotations

import pytest

from medallion_toolkit.engine.expectations import of_a_rule
from medallion_toolkit.errors import MedallionError, PipelineError, Place
from medallion_toolkit.model import Expectation

RULES = (
    Expectation("name_short", "coalesce(lenght(name) < 9, false)", "warn", Place("contracts/silver/orders.yml", 1)),
    Expectation("recent", "coalesce(year >= 2000, false)", "warn", Place("contracts/silver/orders.yml", 1)),
)
ROUTINE = "AnalysisException: [UNRESOLVED_ROUTINE] Cannot resolve routine `lenght` on search path [`system`.`builtin`]."
COLUMN = (
    "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `year` cannot be resolved. "
    "Did you mean one of the following? [`years`, `id`]. SQLSTATE: 42703; line 5 pos 17;"
)


def told(message: str) -> MedallionError:
    return of_a_rule(PipelineError("MED257", message, place=Place("medallion/declare.py", 151)), RULES)


@pytest.mark.parametrize(
    ("message", "rule", "advice"), [(ROUTINE, "name_short", None), (COLUMN, "recent", "did you mean years?")]
)
def test_the_rule_that_names_it_is_named(message: str, rule: str, advice: str | None) -> None:
    error = told(message)
    assert (error.code, str(error.place), error.help) == ("MED223", "contracts/silver/orders.yml:1", advice)
    assert error.message.startswith(f"expectation {rule} cannot be judged: ")
    assert "SQLSTATE" not in error.message


@pytest.mark.parametrize("message", ["AnalysisException: no column `idd`", "ValueError: `year` is wrong"])
def test_what_no_rule_says_stays_as_it_is(message: str) -> None:
    assert told(message).code == "MED257"
