"""Rules of a contract as quality checks of the Open Data Contract Standard.

What the standard has a field or a library metric for uses it; every other rule is a check of the engine `medallion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medallion_toolkit.contracts.access import WrittenRule

ENGINE = "medallion"
DIMENSIONS = {"validity": "conformity"}
OPTIONS = {"on_fail": "onFail", "where": "where", "sample": "sample", "limit": "limit", "disabled": "disabled"}
NUMBER_BOUNDS = {"min": "minimum", "max": "maximum", "above": "exclusiveMinimum", "below": "exclusiveMaximum"}
VIOLATIONS = "SELECT COUNT(*) FROM ${object} WHERE NOT coalesce(%s, false)"


def type_option(rule: WrittenRule) -> Mapping[str, Any] | None:
    """The rule as options of its column's logical type; None where it says more than those can."""
    if rule.is_named or rule.options:
        return None
    given = rule.parameters
    if rule.kind == "regex" and set(given) == {"pattern"} and str(given["pattern"]).endswith(r"\z"):
        return {"pattern": str(given["pattern"]).removesuffix(r"\z") + "$"}
    if rule.kind == "length" and set(given) <= {"min", "max"}:
        return {f"{bound}Length": value for bound, value in given.items()}
    if rule.kind == "range" and set(given) <= set(NUMBER_BOUNDS):
        return {NUMBER_BOUNDS[bound]: value for bound, value in given.items()}
    return None


def is_required(rule: WrittenRule) -> bool:
    """Whether the rule says no more than `required: true`."""
    return rule.kind == "not_null" and not rule.is_named and not rule.options


def quality(rule: WrittenRule) -> dict[str, Any]:
    """The rule as a quality check of its column or of the table."""
    check: dict[str, Any] = {"name": rule.name} if rule.is_named else {}
    described = {"description": rule.options.get("message"), "severity": rule.options.get("severity")}
    check.update({key: value for key, value in described.items() if value is not None})
    dimension = rule.options.get("dimension")
    check.update({"dimension": DIMENSIONS.get(str(dimension), dimension)} if dimension else {})
    check.update(_judged(rule))
    custom = [{"property": name, "value": rule.options[key]} for key, name in OPTIONS.items() if key in rule.options]
    return {**check, **({"customProperties": custom} if custom else {})}


def _judged(rule: WrittenRule) -> dict[str, Any]:
    given = rule.parameters
    if rule.kind == "sql":
        return {"type": "sql", "query": VIOLATIONS % f"({given['sql']})", "mustBe": 0}
    if rule.kind == "not_null" and not given:
        return {"metric": "nullValues", "mustBe": 0}
    if rule.kind == "allowed_values" and set(given) == {"values"}:
        return {"metric": "invalidValues", "arguments": {"validValues": list(given["values"])}, "mustBe": 0}
    if rule.kind == "unique" and set(given) <= {"columns"}:
        arguments = {"arguments": {"properties": list(given["columns"])}} if given else {}
        return {"metric": "duplicateValues", **arguments, "mustBe": 0}
    if rule.kind == "row_count" and set(given) <= {"min", "max"}:
        return {"metric": "rowCount", **between(given)}
    return {"type": "custom", "engine": ENGINE, "implementation": {rule.kind: dict(given)}}


def between(bounds: Mapping[str, Any]) -> dict[str, Any]:
    """`min` and `max` as the standard's comparison."""
    low, high = bounds.get("min"), bounds.get("max")
    if low is not None and high is not None:
        return {"mustBe": low} if low == high else {"mustBeBetween": [low, high]}
    return {"mustBeGreaterOrEqualTo": low} if low is not None else {"mustBeLessOrEqualTo": high}
