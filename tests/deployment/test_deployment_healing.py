"""What is done about a failed update: only what is safe, and columns only where everything about them is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from medallion_toolkit.deployment.failures.columns import NewColumns, new_columns
from medallion_toolkit.deployment.grants import Granted
from medallion_toolkit.deployment.healing.adding import Addition, KnownTable, add_columns, additions_of
from medallion_toolkit.deployment.healing.treatments import MOST_TRIES, treatment_of
from medallion_toolkit.deployment.updates.events import Event
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.updates.running import refused_of
from medallion_toolkit.deployment.updates.selection import refreshable
from medallion_toolkit.model import DatasetKind

EXPORTS = "shop.gold.exports"
TABLE = ("order_id: string", "amount: decimal(12,2)")
BUSY = "[DELTA_CONCURRENT_APPEND] ConcurrentAppendException: Files were added by a concurrent update. SQLSTATE: 2D521"
NEW_FIELD = "[UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE] Encountered unknown fields during parsing: coupon"
NO_SCHEMA = "[SCHEMA_NOT_FOUND] The schema `shop`.`silver` cannot be found. SQLSTATE: 42704"
NO_GRANT = "PERMISSION_DENIED: User does not have USE SCHEMA on Schema 'shop.silver'."
CAST = '[CAST_INVALID_INPUT] The value \'x\' of the type "STRING" cannot be cast to "INT" because it is malformed.'


def mismatch(table: tuple[str, ...], data: tuple[str, ...]) -> str:
    """Delta's message, as Delta 4.4 gives it for a table that a write does not fit."""
    trees = [
        "\n".join(["root", *(one if one.startswith(" ") else f" |-- {one} (nullable = true)" for one in fields)])
        for fields in (table, data)
    ]
    return (
        "[DELTA_METADATA_MISMATCH] A metadata mismatch was detected when writing to the Delta table.\n\n"
        "- A schema mismatch detected when writing to the Delta table (Table ID: f0a1d904-f25e-4196-9085-4b652f9c2b18)."
        "\nTo enable schema migration using DataFrameWriter or DataStreamWriter, please set: "
        '\'.option("mergeSchema", "true")\'.\nFor other operations, set the session configuration '
        'spark.databricks.delta.schema.autoMerge.enabled to "true". See the documentation specific to the operation '
        f"for details.\n\nTable schema:\n{trees[0]}\n\nData schema:\n{trees[1]}\n\n"
    )


def failed(failures: Mapping[str, str], state: str = "FAILED") -> UpdateProgress:
    """The progress after an update in which these datasets failed with these messages."""
    events = [
        Event.of(
            {
                "id": str(number),
                "event_type": "flow_progress",
                "level": "ERROR",
                "origin": {"dataset_name": name},
                "details": {"flow_progress": {"status": "FAILED"}},
                "error": {"exceptions": [{"message": message}]},
            }
        )
        for number, (name, message) in enumerate(failures.items())
    ]
    end = {"event_type": "update_progress", "details": {"update_progress": {"state": state}}}
    return UpdateProgress("u1", "dev").after([*events, Event.of(end)])


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        ((*TABLE, "coupon: string"), (("coupon", "STRING"),)),
        (("coupon: long", *TABLE, "Net: decimal(10,3)"), (("coupon", "BIGINT"), ("Net", "DECIMAL(10,3)"))),
        (("ORDER_ID: string", "seen at: timestamp"), (("seen at", "TIMESTAMP"),)),
        ((*TABLE, "tags: array", " |    |-- element: string (containsNull = true)"), (("tags", None),)),
        ((*TABLE, "local: timestamp_ntz"), (("local", None),)),
    ],
)
def test_new_columns_are_told_by_both_schemas(
    data: tuple[str, ...], columns: tuple[tuple[str, str | None], ...]
) -> None:
    message = mismatch(TABLE, data)
    assert new_columns(message) == NewColumns(columns)
    older = "[_LEGACY_ERROR_TEMP_DELTA_0007] " + message.partition("\n- ")[2].replace("\n |", "\n")
    assert new_columns(older) == NewColumns(columns), "older versions lose the first bars"
    assert new_columns(f"{message}- Partition columns do not match the partition columns of the table.\n") is None


@pytest.mark.parametrize(
    ("table", "data"),
    [
        (TABLE, TABLE),
        (TABLE, ("order_id: string",)),
        (TABLE, ("order_id: long", "amount: decimal(12,2)", "coupon: string")),
        (TABLE, ("order_id: string", "amount: decimal(14,2)", "coupon: string")),
        (
            ("who: struct", " |    |-- name: string (nullable = true)"),
            (
                "who: struct",
                " |    |-- name: string (nullable = true)",
                " |    |-- age: long (nullable = true)",
                "x: long",
            ),
        ),
    ],
)
def test_where_anything_else_differs_nothing_is_told(table: tuple[str, ...], data: tuple[str, ...]) -> None:
    assert new_columns(mismatch(table, data)) is None


def test_a_nested_column_that_is_the_same_in_both_is_no_difference() -> None:
    who = ("who: struct", " |    |-- name: string (nullable = true)")
    nullable = ("who: struct", " |    |-- name: string (nullable = false)", "x: byte")
    assert new_columns(mismatch(who, nullable)) == NewColumns((("x", "TINYINT"),))


ARITY = (
    "[INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS] Cannot write to `shop`.`gold`.`exports`, the reason is too "
    "many data columns:\nTable columns: `order_id`, `amount`.\nData columns: {}. SQLSTATE: 21S01"
)
EXTRA = (
    "[INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS] Cannot write incompatible data for the table "
    "`shop`.`gold`.`exports`: Cannot write extra columns `coupon`, `a``b`. SQLSTATE: KD000"
)


def test_an_insert_tells_table_and_names_but_no_types() -> None:
    assert new_columns(ARITY.format("`Amount`, `order_id`, `coupon`")) == NewColumns((("coupon", None),), EXPORTS)
    assert new_columns(EXTRA) == NewColumns((("coupon", None), ("a`b", None)), EXPORTS)
    assert new_columns(ARITY.format("`id`, `total`, `coupon`")) is None, "by place nobody knows which one is new"


PLAIN = KnownTable("MANAGED", "DELTA", frozenset({"order_id", "amount"}))
COUPON = mismatch(TABLE, (*TABLE, "coupon: string"))
ALTER = "ALTER TABLE `shop`.`gold`.`exports` ADD COLUMNS (`coupon` STRING)"


def additions(failures: Mapping[str, str], table: KnownTable | None = PLAIN) -> tuple[Addition, ...]:
    sinks = {"to_exports": "Shop.gold.exports", "exports_sink": "Shop.gold.exports"}
    makers = {"shop.silver.orders": "ingest"}
    asked: list[str] = []
    found = additions_of(failed(failures), sinks, makers, lambda name: asked.append(name) or table)
    assert set(map(str.lower, asked)) <= {EXPORTS}
    return found


def test_a_column_is_added_where_a_sink_tells_the_table_and_the_message_its_type() -> None:
    expected = Addition(ALTER.replace("shop", "Shop"))
    assert additions({"to_exports": COUPON}) == (expected,)
    assert additions({"to_exports": COUPON, "exports_sink": COUPON}) == (expected,), "once"


def test_a_column_that_is_there_by_now_needs_no_statement() -> None:
    there = KnownTable("EXTERNAL", "DELTA", frozenset({"order_id", "amount", "coupon"}))
    assert additions({"to_exports": COUPON}, there) == (Addition(None),)


@pytest.mark.parametrize(
    ("failures", "table", "why", "statement"),
    [
        ({"some_flow": COUPON}, PLAIN, "no message says which", "ALTER TABLE … ADD COLUMNS (`coupon` STRING)"),
        ({"shop.silver.orders": COUPON}, PLAIN, "made by the pipeline ingest", None),
        ({"to_exports": EXTRA}, PLAIN, "type of coupon, a`b", "(`coupon` …, `a``b` …)"),
        ({"to_exports": COUPON}, None, "is not there", None),
        ({"to_exports": COUPON}, KnownTable("MANAGED", "ICEBERG", frozenset()), "is ICEBERG", ALTER),
        ({"to_exports": COUPON}, KnownTable("STREAMING_TABLE", "DELTA", frozenset(), "p9"), "another pipeline", None),
        ({"to_exports": COUPON}, KnownTable("MANAGED", "DELTA", frozenset(), "p9"), "another pipeline", None),
        ({"to_exports": COUPON}, KnownTable("VIEW", "", frozenset()), "is a VIEW", None),
        (
            {"to_exports": COUPON, "exports_sink": mismatch(TABLE, (*TABLE, "coupon: long"))},
            PLAIN, "several writes", None,
        ),
        ({"x": EXTRA.replace("`gold`.`exports`", "`silver`.`orders`")}, PLAIN, "made by the pipeline ingest", None),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_left_to_a_person(
    failures: Mapping[str, str], table: KnownTable | None, why: str, statement: str | None
) -> None:
    (found,) = additions(failures, table)
    assert why in str(found.unsure)
    assert (found.statement is None) == (statement is None)
    assert (statement or "").replace("shop", "") in (found.statement or "").replace("Shop", "")


def test_names_are_quoted_whatever_they_hold() -> None:
    statement = add_columns("a.b.c`; DROP TABLE x; --", (("n`) ; --", "INT"),))
    assert statement == "ALTER TABLE `a`.`b`.`c``; DROP TABLE x; --` ADD COLUMNS (`n``) ; --` INT)"


@pytest.mark.parametrize(
    ("failures", "does", "wait"),
    [
        ({"a": BUSY}, "retry", 60.0),
        ({"a": BUSY, "b": NEW_FIELD}, "retry", 60.0),
        ({"a": NEW_FIELD}, "restart", 0.0),
        ({"a": NO_GRANT, "b": BUSY}, "grant", 0.0),
        ({"a": NO_GRANT, "b": NO_SCHEMA}, "add schema", 0.0),
        ({"a": COUPON}, "add column", 0.0),
        ({"a": COUPON, "b": NO_GRANT}, "grant", 0.0),
        ({"a": BUSY, "b": CAST}, None, 0.0),
        ({"a": "never seen"}, None, 0.0),
        ({}, None, 0.0),
    ],
)
def test_every_failure_has_to_be_one_that_heals(failures: Mapping[str, str], does: str | None, wait: float) -> None:
    treatment = treatment_of(failed(failures), 1)
    assert (treatment.does, treatment.wait_seconds) == (does, wait)
    assert treatment.datasets == (tuple(failures) if does else ())


def test_tries_are_bounded_and_what_did_not_fail_is_left_alone() -> None:
    assert treatment_of(failed({"a": BUSY}), MOST_TRIES).does is None
    assert treatment_of(failed({"a": BUSY}, "CANCELED"), 0).does is None


def test_only_what_was_refused_for_good_ends_the_healing() -> None:
    grant, alter = Granted("GRANT a ON CATALOG b TO `c`"), Granted(ALTER)
    refused_grant, refused_alter = replace(grant, refused="no MANAGE"), replace(alter, refused="no MODIFY")
    assert refused_of(()) is None
    assert refused_of((grant, refused_grant)) is None, "an administrator may have run it"
    assert refused_of((refused_grant,)) == refused_grant
    assert refused_of((refused_grant, grant, refused_alter)) == refused_alter


KINDS: dict[str, DatasetKind] = {
    "shop.bronze.orders": "streaming_table", "shop.silver.orders": "streaming_table", "shop.gold.v": "view",
    "orders_conformed": "temporary_view", "exports_sink": "sink", "to_exports": "sink",
}  # fmt: skip


@pytest.mark.parametrize(
    ("names", "selected"),
    [
        (("shop.bronze.orders",), ("shop.bronze.orders",)),
        (("Shop.bronze.orders", "orders_conformed", "shop.gold.v"), ("Shop.bronze.orders",)),
        (("shop.silver.gone",), ("shop.silver.gone",)),
        (("orders_conformed",), ()),
        (("shop.silver.orders", "to_exports"), ()),
        (("shop.silver.orders", "some_flow"), ()),
    ],
)
def test_tables_are_asked_for_by_full_name_and_a_sink_takes_the_whole_pipeline(
    names: tuple[str, ...], selected: tuple[str, ...]
) -> None:
    assert refreshable(names, KINDS) == selected
