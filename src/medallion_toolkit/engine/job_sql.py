"""Job SQL over local tables: `:name` parameters, USE … IDENTIFIER(:x), bare names, one statement at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.errors import Place
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.sql.markers import marker_value

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.sql.splitting import Chunk

_USE = re.compile(r"USE\s+(CATALOG|SCHEMA)\s+(?:IDENTIFIER\s*\(\s*:(\w+)\s*\)|(\S+))\s*\Z", re.IGNORECASE)


@dataclass(frozen=True)
class JobQuery:
    """A query of a script and where its bare names are looked up; None while no USE has said so."""

    text: str
    place: Place
    catalog: str | None = None
    schema: str | None = None


def job_queries(text: str, path: str, parameters: Mapping[str, str]) -> Iterator[JobQuery]:
    """The queries of a script in order: of an INSERT comes its query, statements that make a table are left out."""
    from medallion_toolkit.sql.splitting import split_statements

    names: dict[str, str] = {}
    for chunk in split_statements(text):
        before = text[: chunk.start]
        place = Place(path, before.count("\n") + 1, chunk.start - before.rfind("\n"))
        use = _USE.match(text[chunk.start : chunk.end])
        if use is not None:
            value = marker_value(use.group(2), parameters, place) if use.group(2) else use.group(3)
            names[use.group(1).lower()] = value
        elif chunk.tokens[0].key != "CREATE":
            yield JobQuery(*_inserted(text, chunk, place), names.get("catalog"), names.get("schema"))


def run_script(binder: Binder, text: str, path: str, parameters: Mapping[str, str]) -> Iterator[DataFrame]:
    """The DataFrames of the script's queries, in order; nothing is written."""
    for one in job_queries(text, path, parameters):
        named = replace(binder, catalog=one.catalog or binder.catalog, schema=one.schema or binder.schema)
        yield _query(named, one.text, one.place, parameters)


def _inserted(text: str, chunk: Chunk, place: Place) -> tuple[str, Place]:
    """The query of a statement: what stands behind INSERT INTO … BY NAME, else all of it."""
    tokens = chunk.tokens
    names = [index for index, token in enumerate(tokens) if token.key == "NAME" and tokens[index - 1].key == "BY"]
    if tokens[0].key != "INSERT" or not names:
        return text[chunk.start : chunk.end], place
    start = tokens[names[0] + 1].start
    before = text[:start]
    return text[start : chunk.end], Place(place.path, before.count("\n") + 1, start - before.rfind("\n"))


def _query(binder: Binder, text: str, place: Place, parameters: Mapping[str, str]) -> DataFrame:
    from medallion_toolkit.sql.relations import find_relations

    relations = find_relations(text, place.path, place.line, place.column)
    query = SqlQuery(text, place, relations, binder.catalog, binder.schema, {}, parameters)
    return binder.sql(query, None, "job")
