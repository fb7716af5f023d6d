"""Rules: added, removed, stricter, looser. A stricter rule breaks producers, a looser one its readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from medallion_toolkit.contracts.access import WrittenRule
from medallion_toolkit.contracts.amounts import amount
from medallion_toolkit.contracts.change import BOTH, NOBODY, PRODUCERS, READERS, Change, Version, Whom, shown

Direction = Literal["stricter", "looser", "changed"]
_HOLDS_ROWS_BACK = ("drop", "quarantine", "fail")
_LOWER_BOUNDS = ("min", "above", "least")
_UPPER_BOUNDS = ("max", "below", "most", "within")
_ALLOWED = ("values", "countries", "brands")
_BREAKS: Mapping[Direction, tuple[Whom, ...]] = {"stricter": PRODUCERS, "looser": READERS, "changed": BOTH}
_ADVICE: Mapping[Direction, str] = {
    "stricter": "`medallion check` counts the rows it hits; stored rows are not judged again",
    "looser": "readers may meet values they were promised not to: tell them first",
    "changed": "which way is not known from the text: `medallion check` compares the rows",
}


def rule_changes(before: Version, after: Version) -> Iterator[Change]:
    """Every change of a rule; rules are known by their name."""
    old, new = ({rule.name: rule for rule in one.rules} for one in (before, after))
    for name, rule in old.items():
        if name not in new:
            yield _removed(rule, before)
    for name, rule in new.items():
        yield from _changed(old[name], rule, before, after) if name in old else [_added(rule, after)]


def _on_fail(rule: WrittenRule, version: Version) -> str:
    return str(rule.options.get("on_fail") or version.values["on_fail"])


def _is_asked(rule: WrittenRule, version: Version) -> bool:
    """Whether rows, or the gate, are held back by the rule."""
    return "disabled" not in rule.options and _on_fail(rule, version) in _HOLDS_ROWS_BACK


def _subject(rule: WrittenRule) -> str:
    return f"rule {rule.name}"


def _removed(rule: WrittenRule, version: Version) -> Change:
    breaks = READERS if _is_asked(rule, version) else NOBODY
    return Change(_subject(rule), "removed", breaks, _text(rule), advice=_ADVICE["looser"] if breaks else None)


def _added(rule: WrittenRule, version: Version) -> Change:
    breaks = PRODUCERS if _is_asked(rule, version) else NOBODY
    advice = "begin with on_fail: warn and look at the counts" if breaks else None
    return Change(_subject(rule), "added", breaks, after=_text(rule), advice=advice)


def _changed(old: WrittenRule, new: WrittenRule, before: Version, after: Version) -> Iterator[Change]:
    was, is_now = _is_asked(old, before), _is_asked(new, after)
    if was != is_now:
        yield _switched(old, new, before, after, is_now)
    elif _on_fail(old, before) != _on_fail(new, after):
        yield _handled(new, _on_fail(old, before), _on_fail(new, after))
    found = _direction(old, new)
    if found:
        counts = was or is_now
        yield Change(_subject(new), found, _BREAKS[found] if counts else NOBODY, _text(old), _text(new), _ADVICE[found])
    for option in ("message", "severity", "dimension"):
        if old.options.get(option) != new.options.get(option):
            yield Change(_subject(new), f"another {option}", NOBODY, *_pair(old, new, option))


def _pair(old: WrittenRule, new: WrittenRule, option: str) -> tuple[str, str]:
    return shown(old.options.get(option)), shown(new.options.get(option))


def _switched(old: WrittenRule, new: WrittenRule, before: Version, after: Version, is_now: bool) -> Change:
    found: Direction = "stricter" if is_now else "looser"
    states = (_state(old, before), _state(new, after))
    return Change(_subject(new), found, _BREAKS[found], *states, _ADVICE[found])


def _state(rule: WrittenRule, version: Version) -> str:
    return (
        f"disabled: {rule.options['disabled']}" if "disabled" in rule.options else f"on_fail: {_on_fail(rule, version)}"
    )


def _handled(rule: WrittenRule, old: str, new: str) -> Change:
    stops = new == "fail"
    advice = "one such row stops the update of the table" if stops else None
    if new == "drop":
        advice = "failing rows stay in _checked only, quarantine has no reason for them"
    return Change(
        _subject(rule),
        "handled otherwise",
        PRODUCERS if stops else NOBODY,
        f"on_fail: {old}",
        f"on_fail: {new}",
        advice,
    )


def _direction(old: WrittenRule, new: WrittenRule) -> Direction | None:
    """Which way parameters, where, sample and limit move together; two ways at once are `changed`."""
    if (old.kind, old.column) != (new.kind, new.column):
        return "changed"
    names = {*old.parameters, *new.parameters}
    moves = {_move(name, old.parameters.get(name), new.parameters.get(name), old.kind) for name in names}
    moves |= {_option(name, old.options.get(name), new.options.get(name)) for name in ("where", "sample", "limit")}
    found = moves - {None}
    if len(found) > 1:
        return "changed"
    return next(iter(found), None)


def _move(name: str, old: object, new: object, kind: str) -> Direction | None:
    if old == new:
        return None
    if name in _LOWER_BOUNDS or name in _UPPER_BOUNDS:
        return _bound(old, new, rises_strict=name in _LOWER_BOUNDS)
    if name in _ALLOWED and isinstance(old, tuple) and isinstance(new, tuple):
        return _listed(set(map(str, old)), set(map(str, new)), is_forbidden=kind.startswith("forbidden"))
    return "changed"


def _bound(old: object, new: object, *, rises_strict: bool) -> Direction:
    if old is None or new is None:
        return "stricter" if old is None else "looser"
    low, high = amount(old), amount(new)
    if low is None or high is None:
        return "changed"
    return "stricter" if (high > low) == rises_strict else "looser"


def _listed(old: set[str], new: set[str], *, is_forbidden: bool) -> Direction | None:
    if old == new:
        return None
    if old < new or new < old:
        return "stricter" if (new < old) != is_forbidden else "looser"
    return "changed"


def _option(name: str, old: object, new: object) -> Direction | None:
    if old == new:
        return None
    if name in ("where", "sample") and (old is None or new is None):
        return "stricter" if new is None else "looser"
    if name == "limit" and (old is None or new is None):
        return "stricter" if old is None else "looser"
    return "changed" if name == "where" else _bound(old, new, rises_strict=name == "sample")


def _text(rule: WrittenRule) -> str:
    if len(rule.parameters) == 1:
        return f"{rule.kind} {shown(next(iter(rule.parameters.values())))}"
    return f"{rule.kind} {shown(rule.parameters)}" if rule.parameters else rule.kind
