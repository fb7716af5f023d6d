"""Differences as text: by kind, each meaning once with all its places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medallion_toolkit.differences.model import Difference, Kind
from medallion_toolkit.differences.project import Differences
from medallion_toolkit.errors import Place

_TITLES: dict[Kind, str] = {
    "refused": "Refused: a run here ends with the error",
    "translated": "Translated: done by other means, same rows",
    "not_shown": "Not shown here: belongs to the workspace, the rows are the same without it",
}


def differences_as_text(found: Differences) -> str:
    """The lines for the screen."""
    count = {kind: sum(each.kind == kind for each in found.found) for kind in _TITLES}
    head = f"{found.project} · variables of target {found.target} · nothing was run"
    tail = f"{count['refused']} refused, {count['translated']} translated, {count['not_shown']} not shown"
    parts = [part for kind, title in _TITLES.items() for part in _section(title, found.found, kind)]
    return "\n".join([head, *parts, "", tail])


def differences_as_dict(found: Differences) -> dict[str, object]:
    """The document of `--json`."""
    return {
        "project": found.project,
        "target": found.target,
        "ok": not found.is_refused,
        "differences": [each.as_dict() for each in found.found],
    }


def _section(title: str, found: Sequence[Difference], kind: Kind) -> Iterator[str]:
    mine = [each for each in found if each.kind == kind]
    if mine:
        yield f"\n{title}"
    for meaning in dict.fromkeys(each.meaning for each in mine):
        yield f"  {meaning}"
        yield from _places([each for each in mine if each.meaning == meaning])


def _places(found: Sequence[Difference]) -> Iterator[str]:
    """One line for what one file has, with all its lines."""
    lines: dict[tuple[str, str], list[str]] = {}
    for each in found:
        what = f"{each.code} {each.what}" if each.code else each.what
        path = each.place.path if each.place else ""
        lines.setdefault((what, path), []).extend([_position(each.place)] if each.place else [])
    for (what, path), numbers in lines.items():
        yield f"      {what}{f'   {path}:' if path else ''}{', '.join(dict.fromkeys(numbers))}"


def _position(place: Place) -> str:
    return f"{place.line}:{place.column}" if place.column else str(place.line)
