"""What the workspace refuses of expectations: a name twice, and conditions that look past their row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from medallion_toolkit.errors import MedallionError, SqlError
from medallion_toolkit.model import Dataset, Expectation
from medallion_toolkit.sql.tokens import Token, tokenize

_QUERY_WORDS = {"SELECT", "WITH"}
_GENERATORS = frozenset(
    re.findall(
        r"\w+",
        """EXPLODE EXPLODE_OUTER POSEXPLODE POSEXPLODE_OUTER INLINE INLINE_OUTER STACK JSON_TUPLE VARIANT_EXPLODE
    VARIANT_EXPLODE_OUTER""",
    )
)
_AGGREGATES = frozenset(
    re.findall(
        r"\w+",
        """ANY ANY_VALUE APPROX_COUNT_DISTINCT APPROX_PERCENTILE APPROX_TOP_K ARRAY_AGG AVG BIT_AND BIT_OR BIT_XOR
    BITMAP_CONSTRUCT_AGG BITMAP_OR_AGG BOOL_AND BOOL_OR COLLECT_LIST COLLECT_SET CORR COUNT COUNT_IF COUNT_MIN_SKETCH
    COVAR_POP COVAR_SAMP EVERY FIRST FIRST_VALUE GROUPING GROUPING_ID HISTOGRAM_NUMERIC HLL_SKETCH_AGG HLL_UNION_AGG
    KURTOSIS LAST LAST_VALUE LISTAGG MAX MAX_BY MEAN MEDIAN MIN MIN_BY MODE PERCENTILE PERCENTILE_APPROX
    PERCENTILE_CONT PERCENTILE_DISC REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY
    REGR_SYY SKEWNESS SOME STD STDDEV STDDEV_POP STDDEV_SAMP STRING_AGG SUM TRY_AVG TRY_SUM VAR_POP
    VAR_SAMP VARIANCE""",
    )
)
_CHANGING = frozenset(
    re.findall(
        r"\w+",
        """CURRENT_DATE CURRENT_TIMESTAMP CURRENT_TIMEZONE CURRENT_USER INPUT_FILE_NAME LOCALTIMESTAMP
    MONOTONICALLY_INCREASING_ID NOW RAND RANDN RANDOM RANDSTR SESSION_USER SHUFFLE SPARK_PARTITION_ID UNIFORM USER
    UUID""",
    )
)
# `x LIKE ANY (…)` and `LIKE SOME (…)` compare with a list.
_BEFORE_A_LIST = {"LIKE", "ILIKE"}


def expectation_problems(dataset: Dataset, python_functions: Set[str] = frozenset()) -> list[MedallionError]:
    """SqlErrors of the dataset's expectations (ldp/expectations): MED226 and MED227.

    `python_functions` are upper-case names of functions that the pipeline's Python registers.
    """
    refused = [error for rule in dataset.expectations for error in _past_the_row(rule, python_functions)]
    return [*_named_twice(dataset), *refused]


def _named_twice(dataset: Dataset) -> Iterator[MedallionError]:
    seen: dict[str, Expectation] = {}
    for rule in dataset.expectations:
        other = seen.setdefault(rule.name, rule)
        if other is not rule:
            yield SqlError(
                "MED226",
                f"{dataset.name} has two expectations called {rule.name}",
                place=rule.place,
                help="their counts are kept by name; give each its own",
                notes=(other.place,),
            )


def past_the_row(expression: str) -> str | None:
    """What of the SQL expression a row cannot answer by itself; None when it can."""
    tokens = tokenize(expression)
    return next((what for at in range(len(tokens)) if (what := _refused(tokens, at))), None)


def changing(expression: str) -> str | None:
    """The first function of the SQL expression whose value is another at another time."""
    tokens = tokenize(expression)
    called = [
        token.key
        for token, behind in zip(tokens, [*tokens[1:], None], strict=True)
        if token.key.startswith("CURRENT_") or (behind is not None and behind.key == "(")
    ]
    return next((f"the function {key.lower()}" for key in called if key in _CHANGING), None)


def _past_the_row(rule: Expectation, python_functions: Set[str]) -> Iterator[MedallionError]:
    found = past_the_row(rule.condition) or _python_function(rule.condition, python_functions)
    if found is not None:
        yield SqlError(
            "MED227",
            f"expectation {rule.name} uses what expectations cannot: {found}",
            place=rule.place,
            found=" ".join(rule.condition.split()),
            expected="a condition on the columns of one row",
            help="compute it in a materialized view and expect something of its rows, or check it in a gate",
        )


def _python_function(condition: str, names: Set[str]) -> str | None:
    tokens = tokenize(condition) if names else []
    called = (token for token, behind in pairwise(tokens) if token.key in names and behind.key == "(")
    return next((f"the Python function {token.text}" for token in called), None)


def _refused(tokens: Sequence[Token], at: int) -> str | None:
    """What the token begins that a row cannot answer by itself."""
    before = tokens[at - 1].key if at else ""
    behind = tokens[at + 1].key if at + 1 < len(tokens) else ""
    key = tokens[at].key
    if key in _QUERY_WORDS and before == "(" and at + 1 < len(tokens) and behind not in (",", ")", "."):
        return "a subquery"
    if key == "OVER" and before == ")":
        return "a window function"
    if behind != "(" or before == ".":
        return None
    if key in _GENERATORS:
        return f"the generator {key.lower()}"
    is_list = key in ("ANY", "SOME") and before in _BEFORE_A_LIST
    return f"the aggregate {key.lower()}" if key in _AGGREGATES and not is_list else None
