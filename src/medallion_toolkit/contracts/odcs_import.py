"""Contracts in short form out of a document of the Open Data Contract Standard v3."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from medallion_toolkit.contracts.losses import Losses
from medallion_toolkit.contracts.odcs_export import OWN_PROPERTY
from medallion_toolkit.contracts.odcs_import_rules import Rule, bounds_of, check_rule, type_rules
from medallion_toolkit.contracts.odcs_types import column_type

_CLASSES = {
    "public": "public", "internal": "internal", "confidential": "confidential", "restricted": "confidential",
    "pii": "pii", "personal": "pii", "sensitive": "confidential",
}  # fmt: skip
_UNITS = {"d": "days", "day": "days", "y": "years", "yr": "years", "year": "years", "month": "months", "mo": "months"}
_AGES = {"hours": "h", "hour": "h", "minutes": "m", "minute": "m", "min": "m", "days": "d", "day": "d"}
_READ = (
    "apiVersion", "kind", "id", "name", "version", "status", "schema", "team", "roles", "slaProperties", "support",
    "customProperties", "description", "tags", "domain", "servers",
)  # fmt: skip
_READ_OBJECT = (
    "name", "physicalName", "physicalType", "logicalType", "description", "tags", "properties", "quality", "id",
)  # fmt: skip
_READ_PROPERTY = (
    "name", "logicalType", "physicalType", "logicalTypeOptions", "description", "required", "unique", "primaryKey",
    "primaryKeyPosition", "classification", "quality", "relationships", "id",
)  # fmt: skip
_ORDER = ("table", "from", "description", "owner", "version", "kind", "keys", "history", "columns", "carry", "rules")
_WORD = re.compile(r"[^A-Za-z0-9_]+")

Contract = dict[str, Any]


def contracts_of(document: Mapping[str, Any], layer: str | None, losses: Losses) -> list[Contract]:
    """One contract for each object of the schema, as mappings of the short form; `layer` wins over the document."""
    losses.unread("", document, _READ)
    losses.unread("description.", document.get("description") or {}, ("purpose",))
    if document.get("servers"):
        losses.note("servers", "not taken over: databricks.yml says where tables are")
    return [_contract(document, one, layer, losses) for one in document.get("schema") or ()]


def _contract(document: Mapping[str, Any], found: Mapping[str, Any], layer: str | None, losses: Losses) -> Contract:
    where = str(found["name"])
    losses.unread(f"{where}.", found, _READ_OBJECT)
    own = _own(document, losses)
    table_layer, name = _table(found, layer)
    properties = found.get("properties") or ()
    keys = sorted(
        (one for one in properties if one.get("primaryKey")), key=lambda one: one.get("primaryKeyPosition", 0)
    )
    rules, rows = _table_rules(found, where, losses)
    contract: Contract = {
        "table": f"{table_layer}.{name}",
        "from": own.get("from"),
        "description": found.get("description") or (document.get("description") or {}).get("purpose"),
        "owner": (document.get("team") or {}).get("name") if isinstance(document.get("team"), Mapping) else None,
        "version": None if document.get("version") == "1.0.0" else document.get("version"),
        "keys": [one["name"] for one in keys],
        "columns": {one["name"]: _column(one, table_layer, where, losses) for one in properties},
        "rules": rules,
        **{key: value for key, value in own.items() if key not in ("from", "governance", "limits", "monitoring")},
        "limits": {**_limits(document, losses), **rows, **_inside(own, "limits")},
        "governance": {**_governance(document, found, losses), **_inside(own, "governance")},
        "monitoring": {**_monitoring(document), **_inside(own, "monitoring")},
    }
    return {key: contract[key] for key in sorted(contract, key=_place) if contract[key] not in (None, [], {})}


def _place(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


def _own(document: Mapping[str, Any], losses: Losses) -> Mapping[str, Any]:
    """What an export of ours kept beside the standard."""
    own: Mapping[str, Any] = {}
    for one in document.get("customProperties") or ():
        if one.get("property") == OWN_PROPERTY and isinstance(one.get("value"), Mapping):
            own = one["value"]
        else:
            losses.note(f"customProperties.{one.get('property')}", "not taken over")
    return own


def _inside(own: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = own.get(key)
    return found if isinstance(found, Mapping) else {}


def _table(found: Mapping[str, Any], layer: str | None) -> tuple[str, str]:
    """Layer and name: the last two parts of the physical name, else silver and the object's own name."""
    parts = str(found.get("physicalName") or "").split(".")
    if len(parts) > 1:
        return layer or parts[-2], parts[-1]
    return layer or "silver", _WORD.sub("_", str(found["name"]))


def _column(found: Mapping[str, Any], layer: str, table: str, losses: Losses) -> dict[str, Any]:
    where = f"{table}.{found['name']}"
    losses.unread(f"{where}.", found, _READ_PROPERTY)
    options = found.get("logicalTypeOptions") or {}
    logical = found.get("logicalType")
    type_name = column_type(str(found.get("physicalType") or ""), logical, options.get("format"))
    if type_name is None:
        losses.note(where, f"type {found.get('physicalType') or logical or 'unknown'} is read as string")
    rules = [_as_use(rule) for rule in _rules(found, options, layer, where, losses)]
    column = {
        "type": type_name or "string",
        "description": found.get("description"),
        "rules": rules,
        "class": _class(found.get("classification"), where, losses),
        "format": options.get("format") if logical in ("date", "timestamp") else None,
    }
    return {key: value for key, value in column.items() if value not in (None, [])}


def _rules(found: Mapping[str, Any], options: Mapping[str, Any], layer: str, where: str, losses: Losses) -> list[Rule]:
    checks = [check_rule(one, f"{where}.quality", losses) for one in found.get("quality") or ()]
    rules = [rule for rule in checks if rule is not None]
    is_said = any(kind == "not_null" for kind, *_ in rules) or found.get("primaryKey")
    required: list[Rule] = [("not_null", {}, {})] if found.get("required") and not is_said else []
    unique: list[Rule] = (
        [("unique", {}, {})] if found.get("unique") and not any(one[0] == "unique" for one in rules) else []
    )
    references = [_reference(one, layer) for one in found.get("relationships") or () if isinstance(one.get("to"), str)]
    return [*required, *type_rules(options, found.get("logicalType"), where, losses), *unique, *references, *rules]


def _reference(found: Mapping[str, Any], layer: str) -> Rule:
    parts = str(found["to"]).replace("/", ".").split(".")
    return "reference", {"to": ".".join([layer, *parts] if len(parts) == 2 else parts[-3:])}, {}


def _as_use(rule: Rule) -> str | dict[str, Any]:
    """A rule under its column: a name, or a name with parameters and options."""
    kind, parameters, options = rule
    body = {**parameters, **options}
    return {kind: body} if body else kind


def _table_rules(found: Mapping[str, Any], where: str, losses: Losses) -> tuple[dict[str, Any], dict[str, Any]]:
    """The contract's `rules`, and the limit of rows that a check without a name states."""
    rules: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    for check in found.get("quality") or ():
        if check.get("metric") == "rowCount" and "name" not in check and not rows and bounds_of(check):
            rows = {"rows": bounds_of(check)}
            continue
        rule = check_rule(check, f"{where}.quality", losses)
        if rule is not None:
            kind, parameters, options = rule
            name = _WORD.sub("_", str(options.pop("name", f"{kind}_{len(rules) + 1}"))).lower()
            rules[name] = {kind: parameters, **options} if options or kind != "sql" else parameters
    return rules, rows


def _class(text: object, where: str, losses: Losses) -> str | None:
    if text is None:
        return None
    found = _CLASSES.get(str(text).lower())
    if found is None:
        losses.note(f"{where}.classification", f"{text} is none of {', '.join(sorted(set(_CLASSES.values())))}")
    return found


def _limits(document: Mapping[str, Any], losses: Losses) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    for one in document.get("slaProperties") or ():
        name = one.get("property")
        if name in ("freshness", "latency", "ly", "fy") and "freshness" not in limits:
            age = f"{one['value']}{_AGES.get(str(one.get('unit', 'h')), str(one.get('unit', 'h')))}"
            column = str(one.get("element") or "").rpartition(".")[2]
            limits["freshness"] = {"within": age, "column": column} if column else age
        elif name != "retention":
            losses.note(f"slaProperties.{name}", "not taken over")
    return limits


def _governance(document: Mapping[str, Any], found: Mapping[str, Any], losses: Losses) -> dict[str, Any]:
    governance: dict[str, Any] = {"read": [one["role"] for one in document.get("roles") or ()]}
    for one in document.get("slaProperties") or ():
        if one.get("property") == "retention":
            unit = str(one.get("unit", "days"))
            governance["retention"] = f"{one['value']} {_UNITS.get(unit, unit)}"
    governance["steward"] = _steward(document, losses)
    texts = [*(document.get("tags") or ()), *(found.get("tags") or ())]
    tags = {_WORD.sub("_", key): value or "true" for key, _, value in (str(text).partition(":") for text in texts)}
    governance["tags"] = {**({"domain": document["domain"]} if document.get("domain") else {}), **tags}
    return {key: value for key, value in governance.items() if value not in (None, [], {})}


def _steward(document: Mapping[str, Any], losses: Losses) -> str | None:
    team = document.get("team") or {}
    members: Sequence[Mapping[str, Any]] = team if isinstance(team, list) else team.get("members") or ()
    steward = None
    for one in members:
        if "steward" in str(one.get("role", "")).lower() and steward is None:
            steward = str(one.get("username"))
        else:
            losses.note(f"team.{one.get('username')}", "not taken over: only a data steward has a place")
    return steward


def _monitoring(document: Mapping[str, Any]) -> dict[str, Any]:
    channels = [
        f"{one['tool']}:{one['channel']}" if one.get("tool") else str(one["channel"])
        for one in document.get("support") or ()
    ]
    return {"channel": channels[0]} if channels else {}
