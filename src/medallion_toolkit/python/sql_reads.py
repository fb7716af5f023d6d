"""Inputs of SQL text that Python code passes to `spark.sql`."""

from __future__ import annotations

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.python.context import current
from medallion_toolkit.python.places import place_of_caller
from medallion_toolkit.python.read_log import ReadLog, ReadsUnknownError


def note_sql_reads(log: ReadLog, text: str) -> None:
    """Note every table the query reads; unknown when the text cannot be read."""
    from medallion_toolkit.sql.relations import find_relations
    from medallion_toolkit.sql.substitution import substitute

    context = current()
    configuration = {**context.configuration, **context.settings}
    place = place_of_caller()
    try:
        relations = find_relations(text)
        names = [substitute(relation.name, configuration, place) for relation in relations]
    except MedallionError as error:
        raise ReadsUnknownError("spark.sql") from error
    for relation, name in zip(relations, names, strict=True):
        if relation.kind == "table":
            log.note(name, relation.mode)
        log.streams = log.streams or relation.mode == "stream"
