"""Job SQL over local tables: `:name` parameters, USE … IDENTIFIER(:x), bare names, one statement at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.errors import Place
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.sql.markers import marker_value

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.sql.splitting import Chunk

_USE = re.compile(r"USE\s+(CATALOG|SCHEMA)\s+(?:IDENTIFIER\s*\(\s*:(\w+)\s*\)|(\S+))\s*\Z", re.IGNORECASE)


def run_script(binder: Binder, text: str, path: str, parameters: Mapping[str, str]) -> Iterator[DataFrame]:
    """The DataFrames of the script's queries, in order; USE changes where bare names are looked up.

    Nothing is written: of an INSERT comes its query, and a table is not made.
    """
    from medallion_toolkit.sql.splitting import split_statements

    for chunk in split_statements(text):
        body = text[chunk.start : chunk.end]
        before = text[: chunk.start]
        place = Place(path, before.count("\n") + 1, chunk.start - before.rfind("\n"))
        use = _USE.match(body)
        if chunk.tokens[0].key == "CREATE":
            continue
        if use is None:
            yield _query(binder, *_inserted(text, chunk, place), parameters)
            continue
        value = marker_value(use.group(2), parameters, place) if use.group(2) else use.group(3)
        binder = replace(binder, catalog=value) if use.group(1).upper() == "CATALOG" else replace(binder, schema=value)


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
