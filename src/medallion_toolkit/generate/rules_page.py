"""docs/rules.md: every rule of the library with its parameters and the examples that its tests run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from medallion_toolkit.python.project_modules import project_package

_HEAD = """\
# Rules

<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->

A rule stands in a contract under its column: `rules: [not_null, range: {min: 0}]`. Every rule compiles to one
Boolean SQL text that never raises and is never NULL; a rule holds for an absent value unless it is about absence.
Each takes `name` (default: the column's name and the ending shown), `on_fail` (warn, drop, quarantine, fail) and
`message` besides its parameters. The examples below are the tests: a value as it came, and whether the rule holds.

Rules of your own stand under `rules:` as `name: SQL`, see [contracts](contracts.md#rules-in-sql).
"""


class Parameter(Protocol):
    """A parameter of a rule."""

    @property
    def name(self) -> str: ...
    @property
    def about(self) -> str: ...


class Example(Protocol):
    """A value and what the rule says of it."""

    @property
    def value(self) -> str | None: ...
    @property
    def holds(self) -> bool: ...
    @property
    def parameters(self) -> Mapping[str, object]: ...
    @property
    def type(self) -> str: ...
    @property
    def about(self) -> str: ...


class Rule(Protocol):
    """A kind of rule of the library."""

    @property
    def name(self) -> str: ...
    @property
    def suffix(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def parameters(self) -> Sequence[Parameter]: ...
    @property
    def main(self) -> str | None: ...
    @property
    def families(self) -> Sequence[str] | None: ...
    @property
    def implied(self) -> bool: ...
    @property
    def examples(self) -> Sequence[Example]: ...


def rules_page(project: Path) -> str:
    """The page about the rules that the helper package of this project has."""
    package = project_package(project)
    library = import_module(f"{package.__name__}.rules.library")
    rules = cast("Iterable[Rule]", library.RULE_KINDS)
    return "\n".join([_HEAD, *(_section(rule) for rule in rules)])


def _section(rule: Rule) -> str:
    columns = ", ".join(rule.families) if rule.families else "every type"
    written = "implied by `type:`, never written" if rule.implied else f"written `{_form(rule)}`"
    lines = [
        f"## {rule.name}",
        "",
        rule.about,
        "",
        f"Rule name `<column>_{rule.suffix}` · columns: {columns} · {written}",
        "",
    ]
    if rule.parameters:
        lines += [
            "| parameter | meaning |",
            "|---|---|",
            *(f"| `{one.name}` | {one.about} |" for one in rule.parameters),
            "",
        ]
    lines += ["| value | type | parameters | holds | |", "|---|---|---|---|---|", *map(_example, rule.examples), ""]
    return "\n".join(lines)


def _form(rule: Rule) -> str:
    if not rule.parameters:
        return rule.name
    if rule.main:
        return f"{rule.name}: <{rule.main}>"
    return f"{rule.name}: {{{rule.parameters[0].name}: …}}"


def _example(example: Example) -> str:
    given = ", ".join(f"{name}: {_shown(value)}" for name, value in example.parameters.items())
    holds = "yes" if example.holds else "no"
    value = "NULL" if example.value is None else _code(repr(example.value) if _is_short(example.value) else "…")
    return f"| {value} | {example.type} | {_code(given) if given else ''} | {holds} | {example.about} |"


def _is_short(value: str) -> bool:
    return len(value) <= 40


def _shown(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")
