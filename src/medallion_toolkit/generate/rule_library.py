"""The rules a project knows, as text: what each asks, how it is written, its parameters and examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal, cast

from medallion_toolkit.python.helper_rules import OwnRules, RuleExample, RuleKind
from medallion_toolkit.python.project_modules import project_package, translated

Place = Literal["column", "row", "table"]


@dataclass(frozen=True)
class ParameterText:
    """A parameter of a rule."""

    name: str
    about: str
    is_required: bool


@dataclass(frozen=True)
class ExampleText:
    """Values, and whether the rule holds for them; `given` are the parameters as a contract has them."""

    values: str
    holds: bool
    given: str
    about: str


@dataclass(frozen=True)
class RuleText:
    """One kind of rule. `place` says what it is asked of, `suffix` ends the name it gets under a column."""

    name: str
    place: Place
    topic: str
    about: str
    written: str
    suffix: str | None
    fits: str
    dimension: str
    parameters: tuple[ParameterText, ...]
    examples: tuple[ExampleText, ...]


def rule_library(project: Path) -> tuple[RuleText, ...]:
    """Every kind of rule that the helper package of this project has, in the order of its topics."""
    library = import_module(f"{project_package(project).__name__}.rules.library")
    return (
        *_of_place(library, "column", "COLUMN_TOPICS"),
        *_of_place(library, "row", "ROW_TOPICS"),
        *_of_place(library, "table", "TABLE_TOPICS"),
    )


def own_rules(project: Path) -> tuple[RuleText, ...]:
    """The kinds of rule that the project's own modules declare."""
    package = project_package(project)
    with translated():
        declared = cast(OwnRules, import_module(f"{package.__name__}.rules.own")).own_rules()
        places: dict[bool, Place] = {True: "column", False: "row"}
        return tuple(_rule(one.value, places[hasattr(one.value, "suffix")], str(one.position)) for one in declared)


def _of_place(library: ModuleType, place: Place, name: str) -> Iterator[RuleText]:
    topics = cast("Mapping[str, Iterable[RuleKind]]", getattr(library, name))
    for topic, kinds in topics.items():
        yield from (_rule(kind, place, topic) for kind in kinds)


def _rule(kind: RuleKind, place: Place, topic: str) -> RuleText:
    families = cast("Sequence[str] | None", getattr(kind, "families", None))
    return RuleText(
        name=kind.name,
        place=place,
        topic=topic,
        about=kind.about,
        written="" if getattr(kind, "implied", False) else _form(kind),
        suffix=cast("str | None", getattr(kind, "suffix", None)),
        fits=", ".join(families) if families else "every type",
        dimension=kind.dimension,
        parameters=tuple(ParameterText(one.name, one.about, one.required) for one in kind.parameters),
        examples=tuple(_example(example) for example in kind.examples),
    )


def _form(kind: RuleKind) -> str:
    required = [one.name for one in kind.parameters if one.required]
    if not kind.parameters:
        return kind.name
    if kind.main and set(required) <= {kind.main}:
        form = f"{kind.name}: <{kind.main}>"
        return f"{kind.name} or {form}" if _stands_alone(kind) else form
    named = ", ".join(f"{name}: …" for name in required or [kind.parameters[0].name])
    form = f"{kind.name}: {{{named}}}"
    return f"{kind.name} or {form}" if _stands_alone(kind) else form


def _stands_alone(kind: RuleKind) -> bool:
    return any(not example.parameters for example in kind.examples)


def _example(example: RuleExample) -> ExampleText:
    given = ", ".join(f"{name}: {shown(value)}" for name, value in example.parameters.items())
    return ExampleText(_values(example), example.holds, given, example.about)


def _values(example: RuleExample) -> str:
    rows = cast("Sequence[Mapping[str, str | None]] | None", getattr(example, "rows", None))
    if rows is not None:
        return _rows(
            rows, cast("Mapping[str, Sequence[Mapping[str, str | None]]]", getattr(example, "other_tables", {}))
        )
    values = cast("Mapping[str, str | None] | None", getattr(example, "values", None))
    if values is not None:
        return _row(values) + _types(cast("Mapping[str, str]", getattr(example, "types", {})))
    beside = cast("Mapping[str, str | None]", getattr(example, "beside", {}))
    sql_type = str(getattr(example, "type", "string"))
    text = _text(cast("str | None", getattr(example, "value", None))) + (
        "" if sql_type == "string" else f" ({sql_type})"
    )
    return f"{text} beside {_row(beside)}" if beside else text


def _rows(rows: Sequence[Mapping[str, str | None]], others: Mapping[str, Sequence[Mapping[str, str | None]]]) -> str:
    shown_rows = "; ".join(map(_row, rows[:_MANY])) + ("; …" if len(rows) > _MANY else "") if rows else "no rows"
    beside = "".join(f", {table}: {_rows(other, {})}" for table, other in others.items())
    return shown_rows + beside


_MANY = 4
_LONG = 60


def _row(values: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name} {_text(value)}" for name, value in values.items())


def _types(types: Mapping[str, str]) -> str:
    return f" ({', '.join(dict.fromkeys(types.values()))})" if types else ""


def _text(value: str | None) -> str:
    if value is None:
        return "NULL"
    return repr(value) if len(value) <= _LONG else repr(value[:20])[:-1] + f"… ({len(value)} characters)"


def shown(value: object) -> str:
    """A parameter's value as YAML has it.

    >>> shown(("a", 1)), shown(True)
    ('[a, 1]', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
