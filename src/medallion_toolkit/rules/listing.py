"""The rules a project may use, as a list or one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from medallion_toolkit.errors import UsageError, did_you_mean
from medallion_toolkit.generate.pattern_library import PatternText, change, pattern_library
from medallion_toolkit.generate.rule_library import RuleText, own_rules, rule_library

_PLACES = {"column": "under a column", "row": "under the contract's rules", "table": "of the whole table"}
_WIDTH = 78


@dataclass(frozen=True)
class RuleList:
    """Rules of the library and, behind them, the project's own; `chosen` shows all of one, and of a pattern."""

    library: tuple[RuleText, ...]
    own: tuple[RuleText, ...]
    chosen: RuleText | None = None
    pattern: PatternText | None = None

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        if self.chosen is not None or self.pattern is not None:
            chosen = {"rule": self.chosen, "pattern": self.pattern}
            return {name: asdict(one) for name, one in chosen.items() if one is not None}
        return {"library": [asdict(rule) for rule in self.library], "own": [asdict(rule) for rule in self.own]}

    def as_text(self) -> str:
        """The same for a terminal; the first line says where the rules come from."""
        if self.chosen is not None or self.pattern is not None:
            rule = _shown(self.chosen) if self.chosen else ()
            pattern = _shown_pattern(self.pattern) if self.pattern else ()
            return "\n".join([*rule, *([""] if self.chosen and self.pattern else []), *pattern])
        counted = f"{len(self.library)} rules of the library, {len(self.own)} of this project"
        return "\n".join([f"local · {counted}", *_listed(self.own, "of this project: "), *_listed(self.library, "")])


def list_rules(project: Path, name: str | None) -> RuleList:
    """Every rule of the project in `project`, or all about the one called `name`."""
    library, own = rule_library(project), own_rules(project)
    if name is None:
        return RuleList(library, own)
    patterns = pattern_library(project)
    found = next((rule for rule in (*own, *library) if rule.name == name), None)
    pattern = next((one for one in patterns if one.name == name), None)
    if found is None and pattern is None:
        known = [*(rule.name for rule in (*own, *library)), *(one.name for one in patterns)]
        raise UsageError(
            "MED395",
            f"there is no rule {name}",
            found=name,
            expected="one of the rules that medallion rules lists",
            help=did_you_mean(name, known),
            next="medallion rules",
        )
    return RuleList(library, own, found, pattern)


@dataclass(frozen=True)
class PatternList:
    """Every pattern of normalization that a contract may use."""

    patterns: tuple[PatternText, ...]

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {"patterns": [asdict(one) for one in self.patterns]}

    def as_text(self) -> str:
        """The same for a terminal; the first line says where the patterns come from."""
        lines = [f"local · {len(self.patterns)} patterns of normalization"]
        for topic, of_topic in groupby(self.patterns, key=lambda one: one.topic):
            lines += ["", topic, *(_line(one.name, one.about) for one in of_topic)]
        return "\n".join(lines)


def list_patterns(project: Path) -> PatternList:
    """Every pattern of the project in `project`."""
    return PatternList(pattern_library(project))


def _listed(rules: Sequence[RuleText], before: str) -> Iterator[str]:
    for topic, of_topic in groupby(rules, key=lambda rule: (rule.topic, rule.place)):
        yield f"\n{before}{topic[0]} · {_PLACES[topic[1]]}"
        for rule in of_topic:
            yield _line(rule.name, rule.about)


def _line(name: str, about: str) -> str:
    short = about if len(about) <= _WIDTH else about[: _WIDTH - 1].rsplit(" ", 1)[0] + " …"
    return f"  {name:<24} {short}"


def _shown_pattern(pattern: PatternText) -> Iterator[str]:
    yield f"local · {pattern.name} · normalize: [{pattern.written}]"
    yield pattern.about
    yield ""
    for parameter in pattern.parameters:
        needed = " (required)" if parameter.is_required else ""
        yield f"  {parameter.name:<10} {parameter.about}{needed}"
    yield from (f"  {change(example).replace('`', '')}" for example in pattern.examples)


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
