"""What the detectors find in tables whose personal data is known: precision and recall for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from personal_tables import TABLES, rows_of

from medallion.pii import KINDS, Finding, Sampled, find, sample_query
from medallion.sql.column_types import ColumnType, read_type

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Figures:
    """Columns of a kind: right ones found, found although of no or another kind, and missed."""

    kind: str
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def line(self) -> str:
        """A row of the table in docs/pii.md."""
        columns = self.right + self.missed
        return f"| {self.kind} | {columns} | {self.right} | {self.wrong} | {self.precision:.2f} | {self.recall:.2f} |"


def findings(spark: SparkSession) -> Mapping[str, Mapping[str, Finding]]:
    """What is found in every table, by column; the values of all tables are counted in one query."""
    counts: dict[str, dict[str, Mapping[str, int]]] = {}
    for row in spark.sql(sample_query([_sampled(spark, table) for table in TABLES])).collect():
        counts.setdefault(row["table_name"], {})[row["column_name"]] = row.asDict()
    return {
        table: {
            one.column: one for one in find({name: _type(one.type) for name, one in columns.items()}, counts[table])
        }
        for table, columns in TABLES.items()
    }


def _sampled(spark: SparkSession, table: str) -> Sampled:
    columns = TABLES[table]
    rows = spark.createDataFrame(rows_of(table), ", ".join(f"`{name}` STRING" for name in columns))
    typed = [f"try_cast(`{name}` AS {column.type}) AS `{name}`" for name, column in columns.items()]
    rows.coalesce(1).selectExpr(*typed).createOrReplaceTempView(f"personal_{table}")
    return Sampled(table, f"personal_{table}", tuple(columns))


def measure(spark: SparkSession) -> tuple[tuple[Figures, ...], tuple[str, ...]]:
    """Figures of every kind and of all together, and one line for each column that is judged wrongly."""
    found = findings(spark)
    judged = [
        (f"{table}.{name}", column.kind, one.kind if one and one.classification else None, one)
        for table, columns in TABLES.items()
        for name, column in columns.items()
        for one in [found[table].get(name)]
    ]
    pairs = [(truth, kind) for _, truth, kind, _ in judged]
    figures = [_figures(kind, pairs) for kind in KINDS]
    total = Figures("all kinds", *(sum(getattr(one, part) for one in figures) for part in ("right", "wrong", "missed")))
    mistakes = [f"{name}: {truth} judged {kind} ({one})" for name, truth, kind, one in judged if truth != kind]
    return (*figures, total), tuple(mistakes)


def _figures(kind: str, pairs: list[tuple[str | None, str | None]]) -> Figures:
    right = sum(truth == found == kind for truth, found in pairs)
    return Figures(
        kind, right, sum(one == kind for _, one in pairs) - right, sum(one == kind for one, _ in pairs) - right
    )


def _type(text: str) -> ColumnType:
    found = read_type(text)
    assert found is not None
    return found
