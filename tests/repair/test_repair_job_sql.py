"""The job's SQL for replay, run as it stands: tables made, rows inserted once, judged rows removed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.contract_samples import contract, with_values

from medallion.repair.corrections import read_corrections
from medallion.repair.replay_job import Replays, replay_done_file, replay_sql_file, replay_tables_script
from medallion.repair.replay_sql import bronze_rows, replay_columns
from medallion_toolkit.repair.local_tables import with_dropped
from medallion_toolkit.sql.splitting import split_statements

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONTRACT = """table: silver.lines
from: lines_conformed
carry: [_row_id]
columns:
  id:     {type: string}
  amount: {type: int, rules: [not_null]}
"""
GAINED = CONTRACT + "  note:   {type: string}\n"
CORRECTION = "- {row: c, set: {amount: 9}, by: Ada, why: it's known}\n"
REASONS = "ARRAY<STRUCT<rule: STRING, message: STRING, columns: ARRAY<STRING>, severity: STRING, value: STRING>>"
PARAMETERS = {"bronze": "job_bronze", "silver": "job_silver", "dataset": "silver.lines"}
ROWS = {"a": "1", "b": "2,5", "c": "many", "d": "4"}


@pytest.fixture
def tables(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Bronze with four rows; b and c are quarantined, d has come back in a replay already."""
    kept = spark.conf.get("spark.sql.sources.default")
    spark.conf.set("spark.sql.sources.default", "delta")
    for schema in ("job_bronze", "job_silver", "information_schema"):
        spark.sql(f"CREATE SCHEMA {schema} LOCATION '{tmp_path_factory.mktemp(schema)}'")
    spark.sql("CREATE TABLE information_schema.columns (table_schema STRING, table_name STRING, column_name STRING)")
    spark.sql("CREATE TABLE job_bronze.lines (id STRING, amount STRING, _row_id STRING)")
    rows = ", ".join(f"('{row}', '{amount}', '{row}')" for row, amount in ROWS.items())
    spark.sql(f"INSERT INTO job_bronze.lines VALUES {rows}")
    for table in ("checked", "quarantine"):
        spark.sql(f"CREATE TABLE job_silver.lines_{table} (_row_id STRING, _attempt INT, _errors {REASONS})")
    reason = "array(named_struct('rule', 'r', 'message', 'm', 'columns', array('c'), 'severity', 's', 'value', 'v'))"
    spark.sql(
        f"INSERT INTO job_silver.lines_quarantine VALUES ('b', 0, {reason}), ('c', NULL, {reason}), ('d', 0, {reason})"
    )
    spark.sql(
        f"INSERT INTO job_silver.lines_checked SELECT * FROM job_silver.lines_quarantine "
        f"UNION ALL VALUES ('a', 0, CAST(NULL AS {REASONS})), ('d', 1, CAST(NULL AS {REASONS}))"
    )
    yield spark
    for schema in ("job_bronze", "job_silver", "information_schema"):
        spark.sql(f"DROP SCHEMA {schema} CASCADE")
    spark.conf.set("spark.sql.sources.default", str(kept))


def run(spark: SparkSession, text: str) -> None:
    """The scripts of a file, with literals for its parameters."""
    for one in split_statements(text):
        if one.text.startswith("BEGIN"):
            spark.sql(with_values(one.text, PARAMETERS))


def waiting(spark: SparkSession) -> list[tuple[object, ...]]:
    rows = spark.sql("SELECT _row_id, _attempt, amount, _source.amount FROM job_silver.lines_replay ORDER BY _row_id")
    return [tuple(row) for row in rows.collect()]


def test_open_rows_are_inserted_once_and_leave_when_they_were_judged(tables: SparkSession, tmp_path: Path) -> None:
    lines = contract(CONTRACT)
    query = f"SELECT id, replace(amount, ',', '') AS amount, _row_id FROM {bronze_rows('[[bronze.lines]]')}"
    fixes = read_corrections(CORRECTION, "corrections/silver/lines.yml", lines)
    replays = Replays({"silver.lines": [query]}, {"silver.lines": fixes})
    record_columns(tables, [column.name for column in replay_columns(lines, {})])
    run(tables, "".join(replay_tables_script([lines])))
    for _ in range(2):
        run(tables, replay_sql_file([lines], replays))
        assert waiting(tables) == [("b", 1, 25, "25"), ("c", 1, 9, "9")]
    tables.sql(f"INSERT INTO job_silver.lines_checked VALUES ('b', 1, CAST(NULL AS {REASONS}))")
    run(tables, replay_done_file([lines], replays))
    assert waiting(tables) == [("c", 1, 9, "9")]
    run(tables, "".join(replay_tables_script([contract(GAINED)])))
    assert "note" in tables.table("job_silver.lines_replay").columns


def record_columns(spark: SparkSession, names: Sequence[str]) -> None:
    """What the catalog of a workspace knows of the table by itself."""
    rows = ", ".join(f"('job_silver', 'lines_replay', '{name}')" for name in names)
    spark.sql(f"INSERT INTO information_schema.columns VALUES {rows}")


@pytest.mark.parametrize("on_fail", ["drop", "tag"])
def test_rows_from_before_the_first_drop_rule_were_not_dropped(spark: SparkSession, on_fail: str) -> None:
    grown = contract(CONTRACT.replace("rules: [not_null]", f"rules: [not_null: {{on_fail: {on_fail}}}]"))
    rows = with_dropped(spark.range(1), grown)
    assert [tuple(row) for row in rows.collect()] == ([(0, False)] if on_fail == "drop" else [(0,)])
    assert with_dropped(rows, grown).columns == rows.columns


def test_a_table_that_cannot_be_replayed_stops_the_job(spark: SparkSession) -> None:
    from pyspark.errors import PySparkException

    with pytest.raises(PySparkException, match="has no rows that can be replayed"):
        run(spark, replay_sql_file([contract(CONTRACT)], Replays()))
