"""Inputs of SQL text that Python code passes to `spark.sql`."""

from __future__ import annotations

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.python.read_log import ReadLog, ReadsUnknownError


def note_sql_reads(log: ReadLog, text: str) -> None:
    """Note every table the query reads; unknown when the text cannot be read."""
    from medallion_toolkit.sql.relations import find_relations

    try:
        relations = find_relations(text)
    except MedallionError as error:
        raise ReadsUnknownError("spark.sql") from error
    for relation in relations:
        if relation.kind == "table":
            log.note(relation.name, relation.mode)
        log.streams = log.streams or relation.mode == "stream"
