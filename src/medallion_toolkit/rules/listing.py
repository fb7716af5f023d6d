"""The rules a project may use, as a list or one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from medallion_toolkit.errors import UsageError, nearest
from medallion_toolkit.generate.rule_library import RuleText, own_rules, rule_library

_PLACES = {"column": "under a column", "row": "under the contract's rules", "table": "of the whole table"}
_WIDTH = 78


@dataclass(frozen=True)
class RuleList:
    """Rules of the library and, behind them, the project's own; `chosen` shows all of one."""

    library: tuple[RuleText, ...]
    own: tuple[RuleText, ...]
    chosen: RuleText | None = None

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        if self.chosen is not None:
            return {"rule": asdict(self.chosen)}
        return {"library": [asdict(rule) for rule in self.library], "own": [asdict(rule) for rule in self.own]}

    def as_text(self) -> str:
        """The same for a terminal; the first line says where the rules come from."""
        if self.chosen is not None:
            return "\n".join(_shown(self.chosen))
        counted = f"{len(self.library)} rules of the library, {len(self.own)} of this project"
        return "\n".join([f"local · {counted}", *_listed(self.own, "of this project: "), *_listed(self.library, "")])


def list_rules(project: Path, name: str | None) -> RuleList:
    """Every rule of the project in `project`, or all about the one called `name`."""
    library, own = rule_library(project), own_rules(project)
    if name is None:
        return RuleList(library, own)
    found = next((rule for rule in (*own, *library) if rule.name == name), None)
    if found is None:
        known = [rule.name for rule in (*own, *library)]
        close = nearest(name, known)
        raise UsageError(
            "MED395",
            f"there is no rule {name}",
            found=name,
            expected="one of the rules that medallion rules lists",
            help=f"did you mean {close}?" if close else None,
            next="medallion rules",
        )
    return RuleList(library, own, found)


def _listed(rules: Sequence[RuleText], before: str) -> Iterator[str]:
    for topic, of_topic in groupby(rules, key=lambda rule: (rule.topic, rule.place)):
        yield f"\n{before}{topic[0]} · {_PLACES[topic[1]]}"
        for rule in of_topic:
            about = rule.about if len(rule.about) <= _WIDTH else rule.about[: _WIDTH - 1].rsplit(" ", 1)[0] + " …"
            yield f"  {rule.name:<24} {about}"


def _shown(rule: RuleText) -> Iterator[str]:
    yield f"local · {rule.name} · {rule.topic}"
    yield rule.about
    yield ""
    yield f"  written    {rule.written or 'implied by type:, never written'}   {_PLACES[rule.place]}"
    if rule.suffix:
        yield f"  named      <column>_{rule.suffix}"
    if rule.place == "column":
        yield f"  columns    {rule.fits}"
    yield f"  dimension  {rule.dimension}"
    for parameter in rule.parameters:
        needed = " (required)" if parameter.is_required else ""
        yield f"  {parameter.name:<10} {parameter.about}{needed}"
    yield ""
    for example in rule.examples:
        given = f"   {example.given}" if example.given else ""
        about = f"   {example.about}" if example.about else ""
        yield f"  {'holds' if example.holds else 'fails'}  {example.values}{given}{about}"
