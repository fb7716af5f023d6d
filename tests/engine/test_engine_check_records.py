"""What gates found is kept over runs, whole lines only, the newest ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medallion.jobs.gates import CHECKS_LAYER, CHECKS_TABLE, RECORDED
from medallion_toolkit.engine import check_records
from medallion_toolkit.engine.check_records import checks_file, keep_checks
from medallion_toolkit.engine.job_sql import job_queries
from medallion_toolkit.engine.store import Store


def found(check: str) -> dict[str, object]:
    return {**dict.fromkeys(check_records.RECORDED), "check_name": check, "ok": True}


def kept(store: Store) -> list[str]:
    lines = checks_file(store).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["check_name"] for line in lines]


def test_checks_are_added_and_the_oldest_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(tmp_path)
    keep_checks(store, [found("a"), found("b")])
    monkeypatch.setattr(check_records, "KEPT", 3)
    keep_checks(store, [found("c"), found("d")])
    assert kept(store) == ["b", "c", "d"]


def test_the_local_file_has_the_columns_of_the_table_that_the_job_adds_to() -> None:
    columns = [tuple(column.split()) for column in check_records.CHECKS_SCHEMA.split(", ")]
    assert columns == list(RECORDED)
    assert (check_records.CHECKS_TABLE, check_records.CHECKS_LAYER) == (CHECKS_TABLE, CHECKS_LAYER)


def test_of_a_script_only_its_queries_are_asked_with_the_names_in_force() -> None:
    script = """USE CATALOG IDENTIFIER(:catalog);
CREATE TABLE IF NOT EXISTS kept (a INT);
USE SCHEMA silver;
INSERT INTO kept BY NAME
WITH one AS (SELECT 1 AS a) SELECT a FROM one;
SELECT a FROM kept;
"""
    queries = list(job_queries(script, "jobs/x.sql", {"catalog": "shop"}))
    assert [(one.text, one.place.line, one.catalog, one.schema) for one in queries] == [
        ("WITH one AS (SELECT 1 AS a) SELECT a FROM one", 5, "shop", "silver"),
        ("SELECT a FROM kept", 6, "shop", "silver"),
    ]
