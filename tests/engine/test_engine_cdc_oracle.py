"""AUTO CDC equals a plain Python oracle for any events, any order, any split into batches, every clause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdc_feed import VISIBLE, Feed, cdc, in_batches, random_events
from cdc_oracle import Clauses, Event, latest_rows, versions

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KEYS = 300
BATCHES = 3
TRUNCATING = {"truncate_when": "op = 't'"}
PARTIAL = {"ignore_null_updates": True, "ignore_null_except": ("note",)}
NOT_NOTE = Clauses(ignored=("value", "city", "zip"))
TYPE_1 = [
    pytest.param({}, (), Clauses(), 1, id="plain"),
    pytest.param(TRUNCATING, (2, 4), Clauses(), 2, id="truncates"),
    pytest.param({**PARTIAL, **TRUNCATING}, (2, 4), NOT_NOTE, 3, id="partial updates and truncates"),
]
TYPE_2 = [
    pytest.param({"track_history": ("value",)}, Clauses(tracked=("value",)), 4, id="tracked columns"),
    pytest.param(
        {**PARTIAL, "track_history_except": ("note",)},
        Clauses(NOT_NOTE.ignored, tracked=("value", "city", "zip")),
        5,
        id="partial updates",
    ),
]


def applied(feed: Feed, seed: int, truncates: tuple[int, ...] = (), keys: int = KEYS) -> list[Event]:
    """Random events, applied in batches in an order that has nothing to do with their sequence."""
    events = random_events(seed, keys, truncates=truncates)
    for number, batch in enumerate(in_batches(events, BATCHES)):
        feed.deliver(f"batch{number}", batch)
    feed.update()
    return events


@pytest.mark.fidelity(
    "AUTO CDC handles change events that arrive out of order: the row of a key is that of its greatest sequence",
    source="ldp/cdc, How AUTO CDC works",
    verdict="same",
)
@pytest.mark.fidelity(
    "A late event that is older than a delete of its key does not bring the row back (tombstone)",
    source="ldp/cdc, How AUTO CDC works",
    verdict="same",
)
@pytest.mark.fidelity(
    "A late event that is older than a truncate does not bring its row back",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, APPLY AS TRUNCATE WHEN",
    verdict="same",
)
@pytest.mark.parametrize(("clauses", "truncates", "said", "seed"), TYPE_1)
def test_type_1_keeps_the_last_state_of_each_key(
    spark: SparkSession,
    tmp_path: Path,
    clauses: dict[str, object],
    truncates: tuple[int, ...],
    said: Clauses,
    seed: int,
) -> None:
    feed = Feed(spark, tmp_path, cdc(1, **clauses))
    expected = latest_rows(applied(feed, seed, truncates), said)
    found = feed.rows()
    assert set(found) == expected
    assert len(found) == len(expected) > KEYS // 10


@pytest.mark.fidelity(
    "SCD type 2 keeps a history of each key, in the order of SEQUENCE BY and not of arrival",
    source="ldp/cdc, How AUTO CDC works",
    verdict="same",
)
@pytest.mark.fidelity(
    "A late event of SCD type 2 changes only the versions beside it",
    source="ldp/cdc, How AUTO CDC works",
    verdict="same",
)
@pytest.mark.parametrize(("clauses", "said", "seed"), TYPE_2)
def test_type_2_keeps_every_version_in_order(
    spark: SparkSession, tmp_path: Path, clauses: dict[str, object], said: Clauses, seed: int
) -> None:
    feed = Feed(spark, tmp_path, cdc(2, **clauses))
    expected = versions(applied(feed, seed), said)
    found = feed.rows(*VISIBLE, "__START_AT", "__END_AT")
    assert set(found) == expected
    assert len(found) == len(expected) > KEYS


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 16))
def test_more_events_of_both_types(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    for param in TYPE_1:
        clauses, truncates, said, number = param.values
        feed = Feed(spark, tmp_path / f"one{number}", cdc(1, **clauses))
        expected = latest_rows(applied(feed, seed, truncates, 2000), said)
        assert set(feed.rows()) == expected
    for param in TYPE_2:
        clauses, said, number = param.values
        feed = Feed(spark, tmp_path / f"two{number}", cdc(2, **clauses))
        expected = versions(applied(feed, seed, (), 2000), said)
        assert set(feed.rows(*VISIBLE, "__START_AT", "__END_AT")) == expected
