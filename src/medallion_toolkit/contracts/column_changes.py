"""Columns: added, removed, of another type, class, format or meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medallion_toolkit.contracts.change import BOTH, NOBODY, PRODUCERS, READERS, Change, Version, Whom
from medallion_toolkit.contracts.type_changes import direction

_TYPE_BREAKS: Mapping[str, tuple[Whom, ...]] = {"widened": NOBODY, "narrowed": PRODUCERS, "changed": BOTH}
_TYPE_ADVICE = {
    "widened": "the table needs type widening or a full refresh; clients with fixed types read the new one",
    "narrowed": "values that do not fit go to quarantine; the table needs a full refresh",
    "changed": "add a column of the new type beside the old one, move the readers, then remove the old",
}


def column_changes(before: Version, after: Version) -> Iterator[Change]:
    """Every change of a column that readers see or producers fill."""
    old, new = _columns(before), _columns(after)
    yield from (_removed(column, new, old) for name, column in old.items() if name not in new)
    for name, column in new.items():
        if name in old:
            yield from _changed(old[name], column)
        else:
            yield _added(column, after)
    kept = [name for name in old if name in new]
    if kept != [name for name in new if name in old]:
        advice = "readers that go by position read other values; name the columns"
        yield Change("columns", "in another order", NOBODY, ", ".join(kept), ", ".join(new), advice)


def _columns(version: Version) -> dict[str, Mapping[str, Any]]:
    """The columns by name, with `stored` beside their values."""
    gone = (version.values["history"] or {}).get("not_stored", ())
    return {one["name"]: {**one, "stored": one["name"] not in gone} for one in version.values["columns"]}


def _removed(column: Mapping[str, Any], new: Mapping[str, Any], old: Mapping[str, Any]) -> Change:
    alike = [
        name
        for name, other in new.items()
        if name not in old and (other["type"], other["description"]) == (column["type"], column["description"])
    ]
    if not column["stored"]:
        return Change(f"column {column['name']}", "removed", advice="it was not stored: no reader had it")
    advice = "keep it until nobody reads it; `medallion describe` names the consumers"
    if len(alike) == 1:
        advice = f"if {alike[0]} is its new name, give both for a while"
    return Change(f"column {column['name']}", "removed", READERS, advice=advice)


def _added(column: Mapping[str, Any], version: Version) -> Change:
    name = column["name"]
    needed = name in version.values["keys"] or any(
        rule.column == name and rule.kind in ("not_null", "not_blank") and rule.options.get("on_fail") != "warn"
        for rule in version.rules
    )
    advice = "every row needs a value from now on: let it be absent first" if needed else None
    return Change(
        f"column {name}", "added", PRODUCERS if needed else NOBODY, after=column["type"]["sql"], advice=advice
    )


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    subject = f"column {new['name']}"
    if old["type"] != new["type"]:
        yield _type(subject, old["type"]["sql"], new["type"]["sql"])
    if old["classification"] != new["classification"]:
        yield _class(subject, old["classification"], new["classification"])
    if old["date_format"] != new["date_format"]:
        advice = "values of the old format go to quarantine"
        yield Change(subject, "read in another format", PRODUCERS, old["date_format"], new["date_format"], advice)
    if old["stored"] and not new["stored"]:
        yield Change(subject, "no longer stored", READERS, advice="keep it until nobody reads it")
    if new["stored"] and not old["stored"]:
        yield Change(subject, "stored from now on", advice="rows that are there get it with a full refresh")
    if old["description"] != new["description"]:
        yield Change(subject, "described otherwise", NOBODY, old["description"], new["description"])


def _type(subject: str, old: str, new: str) -> Change:
    found = direction(old, new)
    word = "type changed" if found == "changed" else f"type {found}"
    return Change(subject, word, _TYPE_BREAKS[found], old, new, _TYPE_ADVICE[found])


def _class(subject: str, old: str | None, new: str | None) -> Change:
    if new == "pii":
        advice = "readers outside the role pii_readers see a mask; tell them"
        return Change(subject, "masked from now on", READERS, old, new, advice)
    if old == "pii":
        advice = "everyone who may read the table sees the values: have it approved"
        return Change(subject, "no longer masked", NOBODY, old, new, advice)
    return Change(subject, "classified otherwise", NOBODY, old, new)
