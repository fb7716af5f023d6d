"""AUTO CDC equals a plain Python oracle for any events, any order, any split into batches."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdc_oracle import Event, latest_rows, versions

from medallion_toolkit.engine.auto_cdc import apply_changes
from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import PipelineError, Place, UnsupportedError
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PLACE = Place("orders.sql", 1, 1)
SCHEMA = "key STRING, sequence INT, value INT, note STRING, op STRING"
BATCHES = 4
KEYS = 150


def random_events(seed: int) -> list[Event]:
    """Up to seven events a key, few distinct sequences and values, so that ties and repeats are common."""
    chance = random.Random(seed)
    events = []
    for number in range(KEYS):
        for _ in range(chance.randint(1, 7)):
            is_delete = chance.random() < 0.25
            value = None if is_delete else chance.choice([1, 2, 3, None])
            note = None if is_delete else chance.choice(["a", "b", None])
            events.append(Event(f"K{number}", chance.randint(1, 6), value, note, is_delete))
    events += chance.sample(events, len(events) // 5)
    chance.shuffle(events)
    return events


class Feed:
    """Delivers events as files and applies them, one update a batch."""

    def __init__(self, spark: SparkSession, folder: Path, cdc: Cdc) -> None:
        self.spark, self.folder = spark, folder / "landing"
        self.folder.mkdir()
        self.store = Store.open(folder / ".medallion")
        self.flow = Flow("changes", "shop.silver.orders", "auto_cdc", PLACE, cdc=cdc)

    def deliver(self, name: str, events: list[Event]) -> None:
        lines = [
            json.dumps(
                {
                    "key": e.key,
                    "sequence": e.sequence,
                    "value": e.value,
                    "note": e.note,
                    "op": "d" if e.is_delete else "u",
                }
            )
            for e in events
        ]
        (self.folder / f"{name}.json").write_text("\n".join(lines), encoding="utf-8")

    def update(self) -> None:
        source = read_options(self.folder, {"format": "json", "schema": SCHEMA}, PLACE, infer_types=True)
        rows = read_source(self.spark, source, True, self.store.root / "unused.json").drop(METADATA)
        apply_changes(self.spark, self.store, self.flow, rows, ())

    def rows(self) -> DataFrame:
        return read_table(self.spark, self.store, self.flow.target)


def cdc(scd_type: int, **changes: object) -> Cdc:
    clauses: dict[str, object] = {
        "source": "orders_valid",
        "keys": ("key",),
        "sequence_by": "sequence",
        "scd_type": scd_type,
        "delete_when": "op = 'd'",
        "except_columns": ("op",),
    }
    return Cdc(**{**clauses, **changes})


def in_batches(feed: Feed, events: list[Event]) -> None:
    size = len(events) // BATCHES + 1
    for number in range(BATCHES):
        feed.deliver(f"batch{number}", events[number * size : (number + 1) * size])
        feed.update()


@pytest.mark.parametrize("seed", [1, 2])
def test_type_1_keeps_the_last_event_of_each_key(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    events = random_events(seed)
    feed = Feed(spark, tmp_path, cdc(1))
    in_batches(feed, events)
    expected = {(key, event.sequence, event.value, event.note) for key, event in latest_rows(events).items()}
    assert {tuple(row) for row in feed.rows().select("key", "sequence", "value", "note").collect()} == expected
    assert feed.rows().count() == len(expected)


@pytest.mark.parametrize("seed", [3, 4])
def test_type_2_keeps_every_version_in_order(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    events = random_events(seed)
    feed = Feed(spark, tmp_path, cdc(2, except_columns=("op", "sequence"), track_history=("value",)))
    in_batches(feed, events)
    expected = versions(events)
    found = feed.rows().select("key", "value", "__START_AT", "__END_AT").collect()
    assert {tuple(row) for row in found} == expected
    assert len(found) == len(expected)


def test_a_second_update_without_new_events_changes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, track_history=("value",)))
    feed.deliver("one", [Event("A", 1, 1), Event("A", 2, 2)])
    feed.update()
    before = sorted(map(tuple, feed.rows().collect()), key=str)
    feed.update()
    assert sorted(map(tuple, feed.rows().collect()), key=str) == before
    assert len(before) == 2


def test_untracked_columns_show_the_last_value_of_their_version(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, track_history=("value",)))
    feed.deliver("one", [Event("A", 1, 7, "first"), Event("A", 3, 7, "last")])
    feed.update()
    assert [tuple(row) for row in feed.rows().select("value", "note", "__START_AT").collect()] == [(7, "last", 1)]
    feed.deliver("two", [Event("A", 2, 8, "between")])
    feed.update()
    found = feed.rows().select("value", "note", "__START_AT", "__END_AT").orderBy("__START_AT").collect()
    assert [tuple(row) for row in found] == [(7, "first", 1, 2), (8, "between", 2, 3), (7, "last", 3, None)]


def test_a_struct_sequence_breaks_ties_by_its_second_field(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1, sequence_by="struct(sequence, value)"))
    feed.deliver("one", [Event("A", 5, 2), Event("A", 5, 9), Event("A", 4, 99)])
    feed.update()
    assert [row["value"] for row in feed.rows().collect()] == [9]


def test_an_event_without_sequence_fails_and_keeps_the_old_rows(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1))
    feed.deliver("one", [Event("A", 1, 1)])
    feed.update()
    (feed.folder / "two.json").write_text('{"key":"A","value":2}\n', encoding="utf-8")
    with pytest.raises(Exception, match="AUTO_CDC_NULL_SEQUENCE"):
        feed.update()
    assert [row["value"] for row in feed.rows().collect()] == [1]


@pytest.mark.parametrize("clause", [{"truncate_when": "op = 't'"}, {"ignore_null_updates": True}])
def test_clauses_without_a_local_form_are_refused(
    spark: SparkSession, tmp_path: Path, clause: dict[str, object]
) -> None:
    feed = Feed(spark, tmp_path, cdc(1, **clause))
    feed.deliver("one", [Event("A", 1, 1)])
    with pytest.raises(UnsupportedError, match="not supported locally"):
        feed.update()
    assert not feed.store.exists(feed.flow.target)


def test_an_unknown_key_column_names_the_columns_there_are(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1, keys=("kee",)))
    feed.deliver("one", [Event("A", 1, 1)])
    with pytest.raises(PipelineError, match="KEYS names the column kee") as caught:
        feed.update()
    assert "key, sequence, value" in (caught.value.expected or "")
