"""Variables and temporary functions that a pipeline file declares before a query: in the session while it is analysed.

The session is shared by all queries, which run side by side: so one query is analysed at a time, and what it
declared is gone before the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.errors import UnsupportedError
from medallion_toolkit.model import SessionStatement

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ANALYSIS = RLock()


@contextmanager
def declared(spark: SparkSession, statements: Sequence[SessionStatement]) -> Iterator[None]:
    """For the block, what the statements declare can be named in SQL; no other query is analysed meanwhile."""
    with _ANALYSIS:
        made: list[str] = []
        try:
            for statement in statements:
                _refuse_reads(statement)
                with translated(statement.place):
                    spark.sql(statement.text)
                made += _drops(statement.text)
            yield
        finally:
            for drop in dict.fromkeys(made):
                spark.sql(drop)


def _refuse_reads(statement: SessionStatement) -> None:
    from medallion_toolkit.sql.relations import find_relations

    body = statement.text if "SELECT" in statement.text.upper() else ""
    tables = [relation.name for relation in find_relations(body, statement.place.path) if relation.kind == "table"]
    if tables:
        raise UnsupportedError(
            "MED402",
            f"a variable or temporary function that reads {tables[0]} is not supported locally",
            place=statement.place,
            help="put the query into a temporary view and join it",
        )


def _drops(text: str) -> list[str]:
    """Statements that take back what `text` declares; SET VAR declares nothing."""
    from medallion_toolkit.sql.cursor import Cursor
    from medallion_toolkit.sql.functions import read_function
    from medallion_toolkit.sql.lines import Lines
    from medallion_toolkit.sql.tokens import tokenize

    cursor = Cursor(tokenize(text), Lines(text, ""))
    if not cursor.take("DECLARE"):
        function = read_function(text)
        return [f"DROP TEMPORARY FUNCTION IF EXISTS {function.name}"] if function else []
    cursor.take("OR", "REPLACE")
    if cursor.key() in ("VARIABLE", "VAR") and cursor.kind(1) in ("word", "quoted"):
        cursor.at += 1
    names = [cursor.name("the variable's name")[0]]
    while cursor.take(","):
        names.append(cursor.name("the variable's name")[0])
    return [f"DROP TEMPORARY VARIABLE IF EXISTS {name}" for name in names]
