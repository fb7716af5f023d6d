"""Columns that sources brought and contracts do not have, read from the tables that record them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.engine.update import GOOD, DatasetResult
from medallion_toolkit.report.model import SchemaChange

RECORD = "_schema_changes"
MOST = 50


def schema_changes(run: LocalRun, found: Mapping[str, DatasetResult]) -> Iterable[SchemaChange]:
    """The newest changes of each table of the run that records them, oldest first."""
    for key, result in found.items():
        table = key.removesuffix(RECORD)
        is_record = key != table and run.project.contracts.making(table) is not None
        if is_record and run.store.exists(key) and result.outcome in GOOD:
            rows = read_table(run.spark_source.spark(), run.store, key).where("what = 'column'")
            newest = rows.orderBy("changed_at", "file", "column_name", ascending=False).limit(MOST).collect()
            for row in reversed(newest):
                seen, file = str(row["changed_at"] or "")[:19], row["file"]
                name, before, after = row["column_name"], row["before"], row["after"]
                yield SchemaChange(run.project.display[table], seen, file, name, before, after)
