"""AUTO CDC FROM SNAPSHOT: whole snapshots of a source become inserts, updates, deletes and versions."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdc_feed import PLACE, TABLE, VISIBLE
from cdc_oracle import Clauses, Event, latest_rows, versions
from local_project import LocalProject

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.snapshot_sources import Snapshot, latest_version
from medallion_toolkit.engine.snapshots import apply_snapshot
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import RunError
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = "key STRING, value INT, note STRING, place STRUCT<city: STRING, zip: STRING>"
KEYS = 200
Rows = Mapping[str, Event]


def frame(spark: SparkSession, folder: Path, version: int, rows: Rows) -> DataFrame:
    file = folder / f"{version}.json"
    file.write_text("".join(json.dumps({**row.data, "key": key}) + "\n" for key, row in rows.items()), encoding="utf-8")
    return spark.read.schema(SCHEMA).json(str(file))


def flow(**changes: object) -> Flow:
    cdc = Cdc(**{"source": "daily", "keys": ("key",), "sequence_by": "", **changes})
    return Flow("snapshots", TABLE, "auto_cdc_from_snapshot", PLACE, cdc=cdc)


def random_snapshots(seed: int, days: int) -> list[Rows]:
    """Keys come, stay as they are, change some of their values, go and come back."""
    chance = random.Random(seed)
    found: list[Rows] = [{}]
    for _ in range(days):
        rows = dict(found[-1])
        for key in (f"K{number}" for number in range(KEYS)):
            if chance.random() < 0.5:
                continue
            rows.pop(key, None)
            if chance.random() < 0.7:
                rows[key] = Event(key, 0, chance.choice([1, 2, None]), chance.choice(["a", None]), city="Rome")
        found.append(rows)
    return found[1:]


def as_events(snapshots: list[Rows]) -> list[Event]:
    """The same changes as events: what differs from the snapshot before."""
    events, before = [], {}
    for version, rows in enumerate(snapshots, 1):
        gone = [Event(key, version, is_delete=True) for key in before if key not in rows]
        new = [row for key, row in rows.items() if before.get(key) != row]
        events += [*gone, *(Event(row.key, version, row.value, row.note, city=row.city) for row in new)]
        before = rows
    return events


@pytest.mark.fidelity(
    "A snapshot inserts keys that are new, updates rows that differ and deletes keys it does not hold",
    source="ldp/developer/ldp-python-ref-apply-changes-from-snapshot",
    verdict="same",
)
@pytest.mark.fidelity(
    "Snapshots stored as SCD type 2 give versions from the snapshot that brings a change to the next that changes it",
    source="ldp/cdc, AUTO CDC FROM SNAPSHOT",
    verdict="same",
)
@pytest.mark.fidelity(
    "track_history_column_list of a snapshot flow opens versions for the listed columns only",
    source="ldp/developer/ldp-python-ref-apply-changes-from-snapshot",
    verdict="same",
)
@pytest.mark.parametrize("scd_type", [1, 2])
def test_snapshots_equal_their_changes_as_events(spark: SparkSession, tmp_path: Path, scd_type: int) -> None:
    snapshots = random_snapshots(7, days=3)
    store = Store.open(tmp_path / ".medallion")
    clauses = Clauses(tracked=("value",))
    one = flow(scd_type=scd_type, track_history=("value",))
    for version, rows in enumerate(snapshots, 1):
        counts = apply_snapshot(spark, store, one, Snapshot(frame(spark, tmp_path, version, rows), version))
        assert counts.rows_in == len(rows)
        assert latest_version(spark, store, one) == version
    events = as_events(snapshots)
    last = [event for event in events if event.sequence == len(snapshots)]
    deleted = sum(event.is_delete for event in last)
    assert (counts.written, counts.deleted) == (len(last) - deleted, deleted)
    columns = VISIBLE if scd_type == 1 else (*VISIBLE, "__START_AT", "__END_AT")
    found = [tuple(row) for row in read_table(spark, store, TABLE).selectExpr(*columns).collect()]
    expected = latest_rows(events) if scd_type == 1 else versions(events, clauses)
    assert set(found) == expected
    assert len(found) == len(expected) > KEYS // 3


BROKEN = {
    "doubled": (["A", "A"], "1 keys \\(key\\) have more than one row \\(DUPLICATE_KEY_VIOLATION\\)"),
    "keyless": (["A", None], "a row of the snapshot has no key \\(key\\)"),
}


@pytest.mark.fidelity(
    "A snapshot with two rows of one key is refused (DUPLICATE_KEY_VIOLATION)",
    source="error-messages/apply-changes-from-snapshot-error-error-class",
    verdict="same",
)
def test_a_snapshot_that_cannot_be_applied_is_refused_whole(spark: SparkSession, tmp_path: Path) -> None:
    store, one = Store.open(tmp_path / ".medallion"), flow()
    apply_snapshot(spark, store, one, Snapshot(frame(spark, tmp_path, 1, {"Z": Event("Z", 0, 1)}), 1))
    texts = {name: [json.dumps({"key": key, "value": 2}) for key in keys] for name, (keys, _) in BROKEN.items()}
    texts["unread"] = ['{"key": "A"}', '{"key": "B", "value": "no number"}']
    messages = {name: message for name, (_, message) in BROKEN.items()} | {"unread": "1 rows .* did not parse"}
    for name, lines in texts.items():
        (tmp_path / f"{name}.json").write_text("\n".join(lines), encoding="utf-8")
        rows = spark.read.schema(f"{SCHEMA}, _corrupt_record STRING").json(str(tmp_path / f"{name}.json"))
        with pytest.raises(RunError, match=f"MED471 .* refused as a whole: {messages[name]}"):
            apply_snapshot(spark, store, one, Snapshot(rows, 2))
    assert [row["key"] for row in read_table(spark, store, TABLE).collect()] == ["Z"]
    assert latest_version(spark, store, one) == 1


PRODUCTS = """CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.products
AS SELECT * FROM read_files('${landing}/products', format => 'json', schema => 'id INT, name STRING, price INT');
"""
DAILY = """CREATE OR REFRESH STREAMING TABLE ${bronze}.daily
AS SELECT * FROM STREAM read_files('${landing}/daily', format => 'json', schema => 'id INT, name STRING, day INT');
"""
PYTHON = """
from pyspark import pipelines as dp

def next_day(latest):
    day = 1 if latest is None else latest + 1
    rows = spark.read.table("bronze.daily").where(f"day = {day}")
    return None if rows.isEmpty() else (rows.drop("day"), day)

def next_file(latest):
    days = ["2026-01-01", "2026-01-02"]
    day = next((day for day in days if latest is None or day > latest), None)
    if day is None:
        return None
    path = spark.conf.get("landing") + f"/dated/{day}.json"
    return spark.read.schema("id INT, name STRING").json(path), day

dp.create_streaming_table("products")
dp.create_auto_cdc_from_snapshot_flow(target="products", source="bronze.products", keys=["id"], stored_as_scd_type=2)
dp.create_streaming_table("days")
dp.create_auto_cdc_from_snapshot_flow(
    target="days", source=next_day, keys=["id"], stored_as_scd_type=2, track_history_except_column_list=["name"])
dp.create_streaming_table("dated")
dp.create_auto_cdc_from_snapshot_flow(target="dated", source=next_file, keys=["id"], stored_as_scd_type=1)
"""
REFUSED = """
from pyspark import pipelines as dp

def rows():
    return spark.range(2).withColumnRenamed("id", "key")

def back(latest):
    return (rows(), 5) if latest is None else (rows(), 4)

def flow(name, source, **more):
    dp.create_streaming_table(name, **more)
    dp.create_auto_cdc_from_snapshot_flow(target=name, source=source, keys=["key"], stored_as_scd_type=1)

flow("nothing", lambda latest: None)
flow("no_pair", lambda latest: rows())
flow("no_version", lambda latest: (rows(), None))
flow("no_order", lambda latest: (rows(), {"day": 1}))
flow("going_back", back)
flow("judged", lambda latest: (rows(), 1), expect_all={"positive": "key > 0"})
"""


@pytest.mark.fidelity(
    "A table or view as the source of a snapshot flow is a new snapshot in each update, its version the update's time",
    source="ldp/cdc, Periodic snapshot processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "A function as the source is called with the last version until it returns None; its versions are applied in order",
    source="ldp/cdc, Historical snapshot processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "A later update goes on behind the last version of the update before",
    source="ldp/developer/ldp-python-ref-apply-changes-from-snapshot, source",
    verdict="same",
)
def test_tables_functions_and_dated_files_give_snapshots(tmp_path: Path, session_source: SessionOnDemand) -> None:
    texts = {"sql/bronze/products.sql": PRODUCTS, "sql/bronze/daily.sql": DAILY, "python/flows.py": PYTHON}
    project = LocalProject(tmp_path, session_source, texts)
    project.deliver(
        "now", [{"id": 1, "name": "pen", "price": 5}, {"id": 2, "name": "ink", "price": 9}], folder="products"
    )
    project.deliver("one", [{"id": 1, "name": "a", "day": 1}, {"id": 2, "name": "b", "day": 1}], folder="daily")
    project.deliver("two", [{"id": 1, "name": "c", "day": 2}], folder="daily")
    project.deliver("2026-01-01", [{"id": 1, "name": "old"}, {"id": 2, "name": "gone"}], folder="dated")
    project.deliver("2026-01-02", [{"id": 1, "name": "new"}], folder="dated")
    first = project.results()
    assert {name: one.error for name, one in first.items() if one.error} == {}
    assert project.rows("silver.days") == [(1, "c", 1, None), (2, "b", 1, 2)]
    assert project.rows("silver.dated") == [(1, "new")]
    counts = first["silver.days"].counts
    assert (counts.rows_in, counts.written, counts.deleted) == (3, 3, 1)
    project.deliver("now", [{"id": 1, "name": "pen", "price": 6}], folder="products")
    project.deliver("three", [{"id": 3, "name": "d", "day": 3}], folder="daily")
    second = project.results()
    assert second["silver.days"].counts.rows_in == 1
    assert second["silver.dated"].counts.rows_in == 0
    assert project.rows("silver.days") == [(1, "c", 1, 3), (2, "b", 1, 2), (3, "d", 3, None)]
    current = [row[:3] for row in project.rows("silver.products", "id", "name", "price", "__END_AT") if row[3] is None]
    assert current == [(1, "pen", 6)]
    times = project.rows("silver.products", "id", "__START_AT", "__END_AT")
    assert len(times) == 3
    assert len({row[2] for row in times if row[2] is not None}) == 1
    assert all(start < end for _, start, end in times if end is not None)


@pytest.mark.fidelity(
    "A function that returns None before any snapshot is refused (FIRST_SNAPSHOT_EMPTY)",
    source="error-messages/apply-changes-from-snapshot-error-error-class",
    verdict="same",
)
@pytest.mark.fidelity(
    "A snapshot without a version, or with one that cannot be ordered, is refused",
    source="error-messages/apply-changes-from-snapshot-error-error-class, INVALID_SNAPSHOT_VERSION",
    verdict="same",
)
@pytest.mark.fidelity(
    "Versions of snapshots must increase",
    source="ldp/cdc, Historical snapshot processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "Expectations on a target of snapshots are refused (APPLY_CHANGES_FROM_SNAPSHOT_EXPECTATIONS_NOT_SUPPORTED)",
    source="platform.md §2.5",
    verdict="same",
)
def test_wrong_snapshots_are_refused_by_name(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = LocalProject(tmp_path, session_source, {"python/flows.py": REFUSED})
    errors = {name.removeprefix("silver."): str(one.error) for name, one in project.results().items()}
    assert "FIRST_SNAPSHOT_EMPTY" in errors["nothing"]
    assert "MED471" in errors["no_pair"]
    assert "(INVALID_SNAPSHOT_VERSION)" in errors["no_pair"]
    assert "INVALID_TUPLE_NULL_SNAPSHOT_VERSION" in errors["no_version"]
    assert "INVALID_SNAPSHOT_VERSION_TYPE" in errors["no_order"]
    assert "the version 4 comes after 5" in errors["going_back"]
    assert "MED285" in errors["judged"]
    assert "EXPECTATIONS_NOT_SUPPORTED" in errors["judged"]
    assert project.rows("silver.going_back") == [(0,), (1,)]
