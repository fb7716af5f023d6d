"""The keyword arguments of `table`, `materialized_view`, `create_streaming_table` and their relatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from medallion_toolkit.errors import PipelineError, Place, did_you_mean
from medallion_toolkit.model import Column, Expectation
from medallion_toolkit.python.column_text import property_text, read_schema, sql_text, sql_texts, text_mapping
from medallion_toolkit.python.expecting import expectations_of_arguments


@dataclass(frozen=True)
class TableArguments:
    """The arguments of one declaration, turned into the shape of the model."""

    place: Place
    name: str | None = None
    comment: str | None = None
    columns: tuple[Column, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    private: bool = False


Reader = Callable[[TableArguments, object], TableArguments]


def read_table_arguments(place: Place, arguments: Mapping[str, object]) -> TableArguments:
    """The arguments by meaning; an unknown one is an error that names the nearest."""
    result = TableArguments(place)
    for name, value in arguments.items():
        reader = _READERS.get(name)
        if reader is None:
            raise _unknown(name, place)
        if value is not None:
            result = reader(result, value)
    return result


def _unknown(name: str, place: Place) -> PipelineError:
    return PipelineError(
        "MED254",
        f"Unknown argument {name}.",
        place=place,
        found=name,
        expected=", ".join(sorted(_READERS)),
        help=did_you_mean(name, _READERS),
    )


def _name(result: TableArguments, value: object) -> TableArguments:
    if not isinstance(value, str):
        raise PipelineError("MED253", "A dataset name is text.", place=result.place, found=repr(value)[:80])
    return replace(result, name=value)


def _comment(result: TableArguments, value: object) -> TableArguments:
    return replace(result, comment=str(value))


def _schema(result: TableArguments, value: object) -> TableArguments:
    schema = read_schema(value, result.place)
    return replace(result, columns=schema.columns, clauses={**result.clauses, **schema.clauses})


def _properties(result: TableArguments, value: object) -> TableArguments:
    return replace(result, properties=_mapping(value, result.place))


def _options(result: TableArguments, value: object) -> TableArguments:
    return replace(result, options=_mapping(value, result.place))


def _private(result: TableArguments, value: object) -> TableArguments:
    return replace(result, private=result.private or bool(value))


def _columns_clause(clause: str) -> Reader:
    def read(result: TableArguments, value: object) -> TableArguments:
        texts = sql_texts(value, result.place)
        return replace(result, clauses={**result.clauses, clause: ", ".join(texts)}) if texts else result

    return read


def _cluster_by_auto(result: TableArguments, value: object) -> TableArguments:
    return replace(result, clauses={**result.clauses, "cluster_by": "AUTO"}) if value else result


def _text_clause(clause: str) -> Reader:
    def read(result: TableArguments, value: object) -> TableArguments:
        return replace(result, clauses={**result.clauses, clause: property_text(value)})

    return read


def _replace_where(result: TableArguments, value: object) -> TableArguments:
    return replace(result, clauses={**result.clauses, "replace_where": sql_text(value, result.place)})


def _expect(action: str) -> Reader:
    def read(result: TableArguments, value: object) -> TableArguments:
        rules = value if isinstance(value, Mapping) else None
        if rules is None:
            raise PipelineError("MED253", "Expectations are given as a dictionary.", place=result.place)
        groups = {"warn": None, "drop": None, "fail": None} | {action: rules}
        made = expectations_of_arguments(result.place, groups["warn"], groups["drop"], groups["fail"])
        return replace(result, expectations=(*result.expectations, *made))

    return read


def _mapping(value: object, place: Place) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise PipelineError("MED253", "A dictionary is expected.", place=place, found=type(value).__name__)
    return text_mapping(value)


_READERS: dict[str, Reader] = {
    "name": _name,
    "comment": _comment,
    "schema": _schema,
    "table_properties": _properties,
    "spark_conf": _options,
    "private": _private,
    "temporary": _private,
    "partition_cols": _columns_clause("partitioned_by"),
    "cluster_by": _columns_clause("cluster_by"),
    "cluster_by_auto": _cluster_by_auto,
    "row_filter": _text_clause("row_filter"),
    "path": _text_clause("location"),
    "format": _text_clause("using"),
    "replace_where": _replace_where,
    "refresh_policy": _text_clause("refresh_policy"),
    "auto_ttl": _text_clause("auto_ttl"),
    "expect_all": _expect("warn"),
    "expect_all_or_drop": _expect("drop"),
    "expect_all_or_fail": _expect("fail"),
}
