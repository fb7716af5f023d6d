"""Keys, history, limits, access, and where invalid rows go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from medallion_toolkit.contracts.amounts import amount
from medallion_toolkit.contracts.change import BOTH, NOBODY, PRODUCERS, READERS, Change, Version, shown

_DAYS = {"d": 1, "m": 30, "y": 365}
_LIMITS = {
    "quarantined_percent": ("limits: quarantined", False),
    "quarantined_rows": ("limits: quarantined", False),
    "least_rows": ("limits: rows min", True),
    "most_rows": ("limits: rows max", False),
}
_PROMISE = "readers were promised more: tell them first"
_HARDER = "the gate stops the job where this is missed: look at past runs first"
_REFRESH = "the table has to be made anew: full refresh"
_OTHER_ROWS = f"a key has another number of rows; {_REFRESH}"


def setting_changes(before: Version, after: Version) -> Iterator[Change]:
    """Every change that is neither a column's nor a rule's."""
    for find in _FINDERS:
        yield from find(before.values, after.values)


def _keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if sorted(old["keys"]) == sorted(new["keys"]):
        return
    first = not old["keys"]
    advice = "rows without a key go to quarantine" if first else f"a row means something else; {_REFRESH}"
    yield Change(
        "keys", "stated" if first else "changed", PRODUCERS if first else BOTH, *_pair(old, new, "keys"), advice
    )


def _history(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old["history"], new["history"]
    if before is None or after is None:
        if before is not after:
            yield Change("history", "changed", READERS, _kind(before), _kind(after), _OTHER_ROWS)
        return
    if before["type"] != after["type"]:
        yield Change("history", "changed", READERS, _kind(before), _kind(after), _OTHER_ROWS)
    if before["sequence_by"] != after["sequence_by"]:
        yield Change("history sequence_by", "changed", PRODUCERS, *_pair(before, after, "sequence_by"), _REFRESH)
    for key in ("delete_when", "truncate_when"):
        if before[key] != after[key]:
            advice = "events that are there are not read again"
            yield Change(f"history {key}", "changed", PRODUCERS, *_pair(before, after, key), advice)
    if before["type"] == after["type"] == 2 and set(before["track"]) != set(after["track"]):
        advice = "other changes open versions from now on; versions that are there stay"
        yield Change("history track", "changed", NOBODY, *_pair(before, after, "track"), advice)
    for key in ("effective_from", "effective_to", "current_flag"):
        if before[key] != after[key]:
            yield Change(
                f"history {key}", "changed", READERS, *_pair(before, after, key), "readers know it by the old name"
            )


def _kind(history: Mapping[str, Any] | None) -> str:
    return f"type {history['type']}" if history else "none"


def _limits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old["limits"], new["limits"]
    for key, (subject, rises_strict) in _LIMITS.items():
        yield from _limit(subject, before.get(key), after.get(key), rises_strict=rises_strict)
    for key in ("percent", "rows"):
        counts = [(one.get("failed") or {}).get(key) for one in (before, after)]
        yield from _limit("limits: failed", *counts, rises_strict=False)
    yield from _limit("limits: freshness", _age(before), _age(after), rises_strict=False)
    shares = [_completeness(one) for one in (old, new)]
    yield from _limit("limits: completeness", *shares, rises_strict=True, unit=" %")


def _age(limits: Mapping[str, Any]) -> str | None:
    """The greatest age, in hours where it is some."""
    if limits["freshness"] is None:
        return None
    seconds = limits["freshness"]["within_seconds"]
    return f"{seconds // 60} min" if seconds % 3600 else f"{seconds // 3600} hours"


def _completeness(values: Mapping[str, Any]) -> str | None:
    found = [one["message"] for one in values["table_rules"] if one["kind"] == "completeness"]
    share = re.search(r"[0-9.]+(?= %)", found[0]) if found else None
    return share[0] if share else None


def _limit(subject: str, old: object, new: object, *, rises_strict: bool, unit: str = "") -> Iterator[Change]:
    if old == new:
        return
    before, after = (None if one is None else f"{one}{unit}" for one in (old, new))
    low, high = amount(old), amount(new)
    is_stricter = low is None or (high is not None and (high > low) == rises_strict)
    if is_stricter:
        yield Change(subject, "stricter", PRODUCERS, before, after, _HARDER)
    else:
        yield Change(subject, "looser", READERS, before, after, _PROMISE)


def _making(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old["making"], new["making"]
    if before["mode"] != after["mode"]:
        advice = "invalid rows stand in the table, or no longer do: readers have to ask for what they want"
        yield Change("quarantine", "changed", READERS, *_pair(before, after, "mode"), advice)
    if before["kind"] != after["kind"]:
        yield Change("kind", "changed", READERS, *_pair(before, after, "kind"), f"readers of a stream stop; {_REFRESH}")
    sources = [[one["source"], *one["making"]["further_sources"]] if one["source"] else [] for one in (old, new)]
    if sources[0] != sources[1]:
        yield Change(
            "from", "changed", NOBODY, shown(sources[0]), shown(sources[1]), "a stream begins anew at its source"
        )
    carried = [{one["name"]: one["type"]["sql"] for one in values["carry"]} for values in (old, new)]
    gone = [name for name in carried[0] if name not in carried[1]]
    if gone:
        names = f"without {', '.join(gone)}"
        yield Change("carry", "fewer metadata columns", READERS, None, names, "keep them until nobody reads them")
    if old["evolution"] != new["evolution"]:
        stops = new["evolution"] == "fail"
        announce = "a new column stops the table: producers have to announce it" if stops else None
        yield Change("evolution", "changed", PRODUCERS if stops else NOBODY, *_pair(old, new, "evolution"), announce)


def _access(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = old["governance"], new["governance"]
    for role in before["read"]:
        if role not in after["read"]:
            yield Change(
                f"role {role}", "may no longer read", READERS, advice="its grant is taken away by the next job"
            )
    for role in after["read"]:
        if role not in before["read"]:
            yield Change(f"role {role}", "may read")
    days = [_days(one["retention"]) for one in (before, after)]
    if days[0] != days[1]:
        is_shorter = days[1] is not None and (days[0] is None or days[1] < days[0])
        word = "shorter" if is_shorter else "longer"
        advice = "older rows go: who needs them has to keep them" if is_shorter else None
        yield Change("retention", word, READERS if is_shorter else NOBODY, *_pair(before, after, "retention"), advice)
    for key in ("description", "owner"):
        if old[key] != new[key]:
            yield Change(key, "changed", NOBODY, *_pair(old, new, key))


def _days(period: str | None) -> int | None:
    if period is None:
        return None
    number, unit = re.sub(r"\D", "", period), re.sub(r"[\d ]", "", period)
    return int(number) * _DAYS[unit[0]]


def _pair(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> tuple[str, str]:
    return shown(old[key]), shown(new[key])


_FINDERS: tuple[Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[Change]], ...] = (
    _keys, _history, _limits, _making, _access,
)  # fmt: skip
