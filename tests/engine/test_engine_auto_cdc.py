"""AUTO CDC one clause at a time: what is applied, what is refused, and what a second run changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdc_feed import PLACE, TABLE, Feed, cdc
from cdc_oracle import Event

from medallion_toolkit.engine.auto_cdc import apply_changes
from medallion_toolkit.errors import MedallionError, PipelineError
from medallion_toolkit.model import Cdc, Expectation

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HISTORY = ("key", "value", "note", "__START_AT", "__END_AT")


def test_a_second_update_without_new_events_changes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, track_history=("value",)))
    feed.deliver("one", [Event("A", 1, 1), Event("A", 2, 2)])
    feed.update()
    before = feed.rows("*")
    assert feed.update().rows_in == 0
    assert feed.rows("*") == before
    assert len(before) == 2


@pytest.mark.parametrize(
    "clauses",
    [
        cdc(1, truncate_when="op = 't'"),
        cdc(1, ignore_null_updates=True, truncate_when="op = 't'"),
        cdc(2, ignore_null_updates=True),
    ],
    ids=["type 1", "type 1 partial", "type 2 partial"],
)
def test_a_batch_that_is_applied_again_after_a_crash_changes_nothing(
    spark: SparkSession, tmp_path: Path, clauses: Cdc
) -> None:
    feed = Feed(spark, tmp_path, clauses)
    truncate = [Event(None, 2, is_truncate=True)] if clauses.truncate_when else []
    feed.deliver(
        "one", [*truncate, Event("A", 1, 1, "a"), Event("A", 3, 2), Event("B", 3, 1), Event("B", 4, None, "b")]
    )
    feed.update()
    before = feed.stored()
    for file in feed.store.checkpoint(TABLE, "changes0").glob("commits/*"):
        file.unlink()
    assert feed.update().rows_in == 0
    assert feed.stored() == before


@pytest.mark.fidelity(
    "Columns outside of TRACK HISTORY ON are updated in place: their version shows the last value",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, TRACK HISTORY ON",
    verdict="same",
)
def test_untracked_columns_show_the_last_value_of_their_version(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, track_history=("value",)))
    feed.deliver("one", [Event("A", 1, 7, "first"), Event("A", 3, 7, "last")])
    feed.update()
    assert feed.rows(*HISTORY) == [("A", 7, "last", 1, None)]
    feed.deliver("two", [Event("A", 2, 8, "between")])
    feed.update()
    assert feed.rows(*HISTORY) == [("A", 7, "first", 1, 2), ("A", 7, "last", 3, None), ("A", 8, "between", 2, 3)]


@pytest.mark.fidelity(
    "SEQUENCE BY STRUCT orders by the first field, then by the second where the first is equal",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, SEQUENCE BY",
    verdict="same",
)
def test_a_struct_sequence_breaks_ties_by_its_second_field(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, sequence_by="struct(sequence, value)"))
    feed.deliver("one", [Event("A", 5, 2), Event("A", 5, 9), Event("A", 4, 99)])
    feed.update()
    assert feed.rows("value", "__START_AT.sequence", "__END_AT.value") == [(2, 5, 9), (9, 5, None), (99, 4, 2)]


@pytest.mark.fidelity(
    "An event whose SEQUENCE BY is NULL fails its batch; nothing of the batch is applied",
    source="error-messages/autocdc-microbatch-validation-error-class, NULL_SEQUENCE",
    verdict="same",
)
@pytest.mark.fidelity(
    "An event with a NULL in a key column fails its batch; nothing of the batch is applied",
    source="error-messages/autocdc-microbatch-validation-error-class, NULL_KEY",
    verdict="same",
)
def test_an_event_without_sequence_or_key_fails_and_keeps_the_old_rows(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1))
    feed.deliver("one", [Event("A", 1, 1)])
    feed.update()
    (feed.folder / "landing0/two.json").write_text('{"key":"A","value":2}\n', encoding="utf-8")
    with pytest.raises(Exception, match=r"AUTOCDC_MICROBATCH_VALIDATION\.NULL_SEQUENCE"):
        feed.update()
    feed.deliver("two", [Event("A", 2, 2), Event(None, 3, 3)])
    with pytest.raises(Exception, match=r"AUTOCDC_MICROBATCH_VALIDATION\.NULL_KEY"):
        feed.update()
    assert feed.rows("key", "value") == [("A", 1)]


@pytest.mark.fidelity(
    "IGNORE NULL UPDATES keeps the existing value of a column that is NULL in the event",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, IGNORE NULL UPDATES",
    verdict="same",
)
@pytest.mark.fidelity(
    "IGNORE NULL UPDATES also holds for nested columns: a NULL field of a struct keeps its value",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, IGNORE NULL UPDATES",
    verdict="same",
)
@pytest.mark.fidelity(
    "An event that inserts a key under IGNORE NULL UPDATES is stored with its NULLs",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, IGNORE NULL UPDATES",
    verdict="same",
)
def test_null_updates_leave_values_and_fields_of_structs(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1, ignore_null_updates=True))
    gone = [Event("B", 1, 1, "b"), Event("B", 2, is_delete=True), Event("B", 3, 3)]
    feed.deliver("one", [Event("A", 1, 1, "a", city="Rome"), Event("A", 2, None, None, zip="00100"), *gone])
    feed.update()
    assert feed.rows() == [("A", 1, "a", "Rome", "00100"), ("B", 3, None, None, None)]


@pytest.mark.fidelity(
    "IGNORE NULL UPDATES ON columns: NULLs of the other columns are stored",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, IGNORE NULL UPDATES ON",
    verdict="same",
)
@pytest.mark.fidelity(
    "IGNORE NULL UPDATES of SCD type 2: a new version takes the values its event leaves out from the version before",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, IGNORE NULL UPDATES",
    verdict="same",
)
def test_a_late_partial_update_fills_the_versions_behind_it(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, ignore_null_updates=True, ignore_null_columns=("note",)))
    feed.deliver("one", [Event("A", 1, 1, "first"), Event("A", 5, 5)])
    feed.update()
    assert feed.rows(*HISTORY) == [("A", 1, "first", 1, 5), ("A", 5, "first", 5, None)]
    feed.deliver("two", [Event("A", 3, None, "third")])
    feed.update()
    assert feed.rows(*HISTORY) == [("A", 1, "first", 1, 3), ("A", 5, "third", 5, None), ("A", None, "third", 3, 5)]


@pytest.mark.fidelity(
    "Several AUTO CDC flows feed one target, each with its own progress; a ONCE flow is applied once",
    source="ldp/flows-backfill and ldp/flow-examples",
    verdict="same",
)
def test_a_backfill_and_a_stream_feed_one_target(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1, except_columns=("op", "sequence", "place")), cdc(1, ignore_null_updates=True))
    feed.deliver("old", [Event("A", 1, 1, "a"), Event("B", 1, 1, "b"), Event("C", 9, 1, "c")], flow=0)
    feed.deliver("new", [Event("A", 2, 2, city="Rome"), Event("B", 2, is_delete=True), Event("C", 2, 2)], flow=1)
    assert (feed.update(0, once=True).written, feed.update(0, once=True).rows_in) == (3, 0)
    assert feed.rows("key", "value", "note") == [("A", 1, "a"), ("B", 1, "b"), ("C", 1, "c")]
    counts = feed.update(1)
    assert (counts.rows_in, counts.written, counts.deleted) == (3, 2, 1)
    assert feed.rows() == [("A", 2, "a", "Rome", None), ("C", 1, "c", None, None)]


@pytest.mark.fidelity(
    "Expectations stand on the target of AUTO CDC: warn counts, drop leaves the event out, fail stops the update",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, CONSTRAINT",
    verdict="same",
)
def test_expectations_judge_upserts_and_never_deletes(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1))
    rules = [
        Expectation("has_note", "note IS NOT NULL", "warn", PLACE),
        Expectation("has_value", "value IS NOT NULL", "drop", PLACE),
    ]
    events = [Event("A", 1, 1, "a"), Event("B", 1, 1), Event("C", 1, None, "c"), Event("A", 2, is_delete=True)]
    feed.deliver("one", events)
    counts = feed.update(rules=rules)
    assert [(one.name, one.passed, one.failed) for one in counts.expectations] == [
        ("has_note", 3, 1),
        ("has_value", 3, 1),
    ]
    assert (counts.rows_in, counts.written, counts.dropped, counts.deleted) == (4, 2, 1, 1)
    assert feed.rows("key", "value") == [("B", 1)]
    feed.deliver("two", [Event("B", 3, 7), Event("D", 3, 9)])
    with pytest.raises(Exception, match=r"EXPECTATION_VIOLATION\] small"):
        feed.update(rules=[Expectation("small", "value < 8", "fail", PLACE)])
    assert feed.rows("key", "value") == [("B", 1)]


REFUSED = [
    (cdc(1, keys=("key", "value")), "keys", "key"),
    (cdc(1, sequence_by="CAST(sequence AS STRING)"), "a sequence of another type", "int"),
    (cdc(2), "history", "SCD TYPE 1"),
    (cdc(1, keys=("note",)), "keys", "key"),
]


@pytest.mark.fidelity(
    "Keys of an AUTO CDC target that change between updates are refused until a full refresh",
    source="error-messages/autocdc-invalid-state-error-class, KEY_SCHEMA_DRIFT",
    verdict="refused",
    code="MED470",
)
@pytest.mark.fidelity(
    "A SEQUENCE BY of another type than that of the stored rows is refused until a full refresh",
    source="spark declarative-pipelines-programming-guide, AUTOCDC_INVALID_STATE.SEQUENCING_TYPE_DRIFT",
    verdict="refused",
    code="MED470",
)
def test_changed_clauses_are_refused_before_anything_is_touched(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1))
    feed.deliver("one", [Event("A", 1, 1)])
    feed.update()
    before = feed.stored()
    feed.deliver("two", [Event("A", 2, 2)])
    for clauses, what, found in REFUSED:
        feed.flows = (clauses,)
        with pytest.raises(PipelineError, match=f"MED470.*{what}") as caught:
            feed.update()
        assert str(caught.value.found).startswith(found)
        assert caught.value.next == "medallion run --full-refresh silver.orders"
    assert feed.stored() == before
    feed.flows = (cdc(1, sequence_by="sequence + 0"),)
    feed.update()
    assert feed.rows("key", "value") == [("A", 2)]


@pytest.mark.fidelity(
    "TRACK HISTORY ON other columns than those of the stored versions is refused until a full refresh",
    source="spark declarative-pipelines, AUTOCDC_INVALID_STATE (track history columns recorded with the table)",
    verdict="refused",
    code="MED470",
)
def test_other_tracked_columns_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, track_history=("value",)))
    feed.deliver("one", [Event("A", 1, 1)])
    feed.update()
    feed.flows = (cdc(2, track_history_except=("note",)),)
    with pytest.raises(PipelineError, match=r"MED470 .* tracks other columns") as caught:
        feed.update()
    assert (caught.value.found, caught.value.expected) == ("value in the table", "* EXCEPT (note) as declared")


@pytest.mark.fidelity(
    "APPLY AS TRUNCATE WHEN belongs to SCD type 1; SCD type 2 refuses it",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, APPLY AS TRUNCATE WHEN",
    verdict="same",
)
def test_a_history_refuses_truncates(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(2, truncate_when="op = 't'"))
    with pytest.raises(PipelineError, match="MED270 APPLY AS TRUNCATE WHEN needs SCD TYPE 1"):
        feed.update()
    assert not feed.store.exists(TABLE)


@pytest.mark.fidelity(
    "A SEQUENCE BY of a type that has no order is refused",
    source="error-messages/autocdc-microbatch-validation-error-class, NON_ORDERABLE_SEQUENCE",
    verdict="same",
)
@pytest.mark.fidelity(
    "A clause of AUTO CDC that names a column its source does not have is refused",
    source="ldp/developer/ldp-sql-ref-apply-changes-into",
    verdict="same",
)
def test_wrong_clauses_are_refused_before_the_table_is_made(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1, sequence_by="map(note, sequence)"))
    with pytest.raises(PipelineError, match="NON_ORDERABLE_SEQUENCE"):
        feed.update()
    feed.flows = (cdc(2, track_history=("valu",)),)
    with pytest.raises(PipelineError, match="TRACK HISTORY ON names the column valu"):
        feed.update()
    feed.flows = (cdc(1),)
    with pytest.raises(MedallionError, match="MED223"):
        feed.update(rules=[Expectation("unknown", "op = 'u'", "warn", PLACE)])
    assert not feed.store.exists(TABLE)


@pytest.mark.fidelity(
    "COLUMNS TO UPDATE, SYSTEM SEQUENCE BY and STORED AS BITEMPORAL are refused by name",
    source="ldp/developer/ldp-sql-ref-apply-changes-into (Beta clauses)",
    verdict="refused",
    code="MED402",
)
@pytest.mark.parametrize("option", ["where", "columns_to_update", "system_sequence_by", "stored_as"])
def test_clauses_without_a_local_form_are_refused(spark: SparkSession, tmp_path: Path, option: str) -> None:
    feed = Feed(spark, tmp_path, cdc(1))
    flow = replace(feed.flow(0), options={option: "x"})
    with pytest.raises(MedallionError, match="MED402 AUTO CDC with"):
        apply_changes(spark, feed.store, flow, feed.source(0), ())
    assert not feed.store.exists(TABLE)


def test_an_unknown_key_column_names_the_columns_there_are(spark: SparkSession, tmp_path: Path) -> None:
    feed = Feed(spark, tmp_path, cdc(1, keys=("kee",)))
    with pytest.raises(PipelineError, match="KEYS names the column kee") as caught:
        feed.update()
    assert "key, sequence, value" in (caught.value.expected or "")
    assert caught.value.help == "did you mean key?"
