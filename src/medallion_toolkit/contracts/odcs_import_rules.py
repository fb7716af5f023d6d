"""Quality checks of the Open Data Contract Standard as rules of a contract."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from medallion_toolkit.contracts.losses import Losses
from medallion_toolkit.contracts.odcs_rules import DIMENSIONS, ENGINE, NUMBER_BOUNDS, OPTIONS, VIOLATIONS

Rule = tuple[str, Any, dict[str, Any]]

_VIOLATIONS = re.compile(re.escape(VIOLATIONS % "\0").replace("\0", r"\((?P<sql>.*)\)"), re.DOTALL)
_SEVERITIES = {
    "minor": "minor", "major": "major", "critical": "critical", "info": "minor", "warning": "minor", "error": "major",
}  # fmt: skip
_DIMENSIONS = {**{theirs: ours for ours, theirs in DIMENSIONS.items()}, "coverage": "completeness"} | {
    name: name for name in ("accuracy", "completeness", "consistency", "timeliness", "uniqueness", "validity")
}
_READ = (
    "name", "type", "metric", "rule", "mustBe", "mustBeGreaterOrEqualTo", "mustBeLessOrEqualTo", "mustBeBetween",
    "mustBeGreaterThan", "mustBeLessThan", "arguments", "query", "engine", "implementation", "description", "severity",
    "dimension", "customProperties", "unit",
)  # fmt: skip
_FORMATS = {"email": "email", "uuid": "uuid", "uri": "url", "ipv4": "ipv4", "ipv6": "ipv6", "hostname": "domain"}


def type_rules(options: Mapping[str, Any], logical: str | None, where: str, losses: Losses) -> list[Rule]:
    """The rules that the options of a logical type state."""
    rules: list[Rule] = []
    read = {"format"} if logical in ("date", "timestamp", "integer", "number") else set()
    if "pattern" in options:
        pattern = str(options["pattern"]).removesuffix("$")
        ended = rf"{pattern}\z" if str(options["pattern"]).endswith("$") else pattern
        rules.append(("regex", {"pattern": ended}, {}))
    lengths = {key: options[f"{key}Length"] for key in ("min", "max") if f"{key}Length" in options}
    bounds = {key: options[name] for key, name in NUMBER_BOUNDS.items() if name in options}
    rules += [("length", lengths, {})] if lengths else []
    rules += [("range", bounds, {})] if bounds else []
    if logical == "string" and options.get("format") in _FORMATS:
        rules.append((_FORMATS[options["format"]], {}, {}))
        read.add("format")
    taken = {*read, "pattern", "minLength", "maxLength", *NUMBER_BOUNDS.values()}
    losses.unread(f"{where}.logicalTypeOptions.", options, taken)
    return rules


def check_rule(check: Mapping[str, Any], where: str, losses: Losses) -> Rule | None:
    """The rule of a quality check, None (and a note) where a contract has none like it."""
    losses.unread(f"{where}.", check, _READ)
    options = _options(check, where, losses)
    found = _judged(check)
    if found is None:
        losses.note(where, f"{_shown(check)} has no rule like it")
        return None
    return (*found, options)


def _shown(check: Mapping[str, Any]) -> str:
    for key in ("metric", "query", "engine", "rule"):
        if key in check:
            return f"{key} {check[key]}"
    return f"type {check.get('type', 'text')}"


def _judged(check: Mapping[str, Any]) -> tuple[str, Any] | None:
    implementation = check.get("implementation")
    if check.get("engine") == ENGINE and isinstance(implementation, Mapping) and len(implementation) == 1:
        [(kind, parameters)] = implementation.items()
        return (str(kind), parameters) if isinstance(parameters, Mapping) else None
    if check.get("type") == "sql":
        query = _VIOLATIONS.fullmatch(str(check.get("query")))
        return ("sql", query["sql"]) if query and check.get("mustBe") == 0 else None
    return _metric(check, str(check.get("metric") or check.get("rule") or ""))


def _metric(check: Mapping[str, Any], metric: str) -> tuple[str, Any] | None:
    arguments = check.get("arguments") or {}
    is_none = check.get("mustBe") == 0
    if metric in ("nullValues", "missingValues") and is_none and not arguments:
        return "not_null", {}
    if metric == "nullValues" and check.get("unit") == "percent" and "mustBeLessOrEqualTo" in check:
        return "null_ratio", {"max": f"{check['mustBeLessOrEqualTo']} %"}
    if metric == "invalidValues" and is_none and set(arguments) == {"validValues"}:
        return "allowed_values", {"values": arguments["validValues"]}
    if metric == "invalidValues" and is_none and set(arguments) == {"pattern"}:
        return "regex", {"pattern": re.sub(r"\$\Z", r"\\z", str(arguments["pattern"]))}
    if metric == "duplicateValues" and is_none:
        return "unique", {"columns": arguments["properties"]} if "properties" in arguments else {}
    return ("row_count", bounds_of(check)) if metric == "rowCount" and bounds_of(check) else None


def bounds_of(check: Mapping[str, Any]) -> dict[str, Any]:
    """The comparison as `min` and `max`; empty for one that is neither."""
    if isinstance(check.get("mustBeBetween"), list):
        low, high = check["mustBeBetween"]
        return {"min": low, "max": high}
    if "mustBe" in check:
        return {"min": check["mustBe"], "max": check["mustBe"]}
    low = check.get("mustBeGreaterOrEqualTo", check.get("mustBeGreaterThan", -1) + 1)
    bounds = {"min": low} if {"mustBeGreaterOrEqualTo", "mustBeGreaterThan"} & set(check) else {}
    if "mustBeLessOrEqualTo" in check:
        bounds["max"] = check["mustBeLessOrEqualTo"]
    if "mustBeLessThan" in check:
        bounds["max"] = check["mustBeLessThan"] - 1
    return bounds


def _options(check: Mapping[str, Any], where: str, losses: Losses) -> dict[str, Any]:
    options: dict[str, Any] = {"name": check["name"]} if "name" in check else {}
    if "description" in check:
        options["message"] = check["description"]
    for key, known in (("severity", _SEVERITIES), ("dimension", _DIMENSIONS)):
        if key not in check:
            continue
        if check[key] in known:
            options[key] = known[check[key]]
        else:
            losses.note(f"{where}.{key}", f"{check[key]} is none of {', '.join(sorted(set(known.values())))}")
    names = {name: key for key, name in OPTIONS.items()}
    for one in check.get("customProperties") or ():
        if one.get("property") in names:
            options[names[one["property"]]] = one.get("value")
        else:
            losses.note(f"{where}.customProperties.{one.get('property')}", "not taken over")
    return options
