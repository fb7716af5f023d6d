"""A contract as a document of the Open Data Contract Standard v3.1 (bitol.io, Linux Foundation AI & Data)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from medallion_toolkit.contracts.access import WrittenRule
from medallion_toolkit.contracts.odcs_rules import between, is_required, quality, type_option
from medallion_toolkit.contracts.odcs_types import bits, logical_type

API_VERSION = "v3.1.0"
OWN_PROPERTY = "medallion"
_STANDARD = (
    "table",
    "description",
    "owner",
    "version",
    "keys",
    "columns",
    "rules",
    "governance",
    "limits",
    "monitoring",
)
_STANDARD_GOVERNANCE = ("read", "retention", "steward", "tags")
_STANDARD_LIMITS = ("freshness", "rows")
_STANDARD_MONITORING = ("channel",)
_PERIOD = re.compile(r"(\d+) ?([a-z]+)\Z")

Document = dict[str, Any]


def odcs_document(stated: Mapping[str, Any], values: Mapping[str, Any], rules: Sequence[WrittenRule]) -> Document:
    """The document. `stated` is the merged short form, `values` the contract as it was understood.

    What the standard has no place for stands under the custom property `medallion`, as the short form says it.
    """
    layer, name = values["layer"], values["name"]
    own = own_settings(stated)
    return filled(
        {
            "apiVersion": API_VERSION,
            "kind": "DataContract",
            "id": f"{layer}.{name}",
            "name": f"{layer}.{name}",
            "version": values["version"] or "1.0.0",
            "status": "active",
            "schema": [filled(_schema_object(values, rules))],
            "team": _team(values),
            "roles": [{"role": role, "access": "read"} for role in values["governance"]["read"]],
            "slaProperties": _sla(stated, values),
            "support": _support(values["monitoring"]["channel"]),
            "customProperties": [{"property": OWN_PROPERTY, "value": own}] if own else [],
        }
    )


def own_settings(stated: Mapping[str, Any]) -> Document:
    """What the standard has no place for."""
    own = {key: value for key, value in stated.items() if key not in (*_STANDARD, "targets")}
    for key, standard in (
        ("governance", _STANDARD_GOVERNANCE),
        ("limits", _STANDARD_LIMITS),
        ("monitoring", _STANDARD_MONITORING),
    ):
        rest = {name: value for name, value in stated.get(key, {}).items() if name not in standard}
        own.update({key: rest} if rest else {})
    return own


def filled(document: Document) -> Document:
    """The mapping without what says nothing, at any depth of mappings."""
    kept = {key: filled(one) if isinstance(one, dict) else one for key, one in document.items()}
    return {key: one for key, one in kept.items() if one not in (None, [], {})}


def _schema_object(values: Mapping[str, Any], rules: Sequence[WrittenRule]) -> Document:
    rows = {"min": values["limits"]["least_rows"], "max": values["limits"]["most_rows"]}
    counted = [{"metric": "rowCount", **between(rows)}] if any(one is not None for one in rows.values()) else []
    return {
        "name": values["name"],
        "physicalName": f"{values['layer']}.{values['name']}",
        "physicalType": "table",
        "logicalType": "object",
        "description": values["description"],
        "tags": [f"{key}:{value}" for key, value in values["governance"]["tags"]],
        "properties": [filled(_property(column, values, rules)) for column in values["columns"]],
        "quality": [*counted, *(quality(rule) for rule in rules if rule.column is None)],
    }


def _property(column: Mapping[str, Any], values: Mapping[str, Any], rules: Sequence[WrittenRule]) -> Document:
    sql, family, keys = column["type"]["sql"], column["type"]["family"], values["keys"]
    own = [rule for rule in rules if rule.column == column["name"]]
    options: Document = {"format": column["date_format"] or bits(sql)}
    checks = []
    for rule in own:
        option = type_option(rule)
        if option is not None and not set(option) & set(options):
            options.update(option)
        elif not is_required(rule):
            checks.append(quality(rule))
    is_key = column["name"] in keys
    return {
        "name": column["name"],
        "logicalType": logical_type(family, sql),
        "physicalType": sql,
        "logicalTypeOptions": options if family not in ("nested", "binary", "decimal") else _decimal(options),
        "description": column["description"],
        "required": True if is_key or any(map(is_required, own)) else None,
        "primaryKey": True if is_key else None,
        "primaryKeyPosition": keys.index(column["name"]) + 1 if is_key else None,
        "classification": column["classification"],
        "quality": checks,
    }


def _decimal(options: Document) -> Document:
    return {key: value for key, value in options.items() if key != "format"}


def _team(values: Mapping[str, Any]) -> Document:
    steward = values["governance"]["steward"]
    return {"name": values["owner"], "members": [{"username": steward, "role": "data steward"}] if steward else []}


def _sla(stated: Mapping[str, Any], values: Mapping[str, Any]) -> list[Document]:
    limits = stated.get("limits", {})
    freshness = limits.get("freshness")
    found = []
    if freshness is not None:
        age = freshness["within"] if isinstance(freshness, dict) else freshness
        column = freshness.get("column") if isinstance(freshness, dict) else None
        element = f"{values['name']}.{column}" if column else None
        found.append({"property": "freshness", **_period(age), "element": element})
    if values["governance"]["retention"]:
        found.append({"property": "retention", **_period(values["governance"]["retention"])})
    return [filled(one) for one in found]


def _period(text: str) -> Document:
    found = _PERIOD.match(text)
    return {"value": int(found[1]), "unit": found[2]} if found else {"value": text}


def _support(channel: str | None) -> list[Document]:
    if channel is None:
        return []
    tool, colon, name = channel.partition(":")
    known = tool in ("slack", "teams", "email", "discord", "ticket", "googlechat")
    return [{"channel": name, "tool": tool, "scope": "notifications"}] if colon and known else [{"channel": channel}]
