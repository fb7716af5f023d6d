"""Flows: append flows, sinks, AUTO CDC from events and from snapshots."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_projects import dataset, flow, reads, record_text

from medallion_toolkit.model import Cdc


def test_append_flows_feed_tables_and_sinks(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.append_flow(target="events")
        def from_eu():
            return spark.readStream.table("eu")

        @dp.append_flow(target="events", name="backfill", once=True)
        def anything():
            return spark.read.table("archive")

        @dp.append_flow(target="out")
        def to_kafka():
            return spark.readStream.table("events")

        dp.create_streaming_table("events")
        dp.create_sink("out", "kafka", {"topic": "events"})
        """,
    )

    assert [(item.name, item.target, item.once) for item in recording.flows] == [
        ("from_eu", "shop.silver.events", False),
        ("backfill", "shop.silver.events", True),
        ("to_kafka", "out", False),
    ]
    out = dataset(recording, "out")
    assert (out.kind, out.clauses, out.properties) == ("sink", {"using": "kafka"}, {"topic": "events"})


@pytest.mark.fidelity("Append flows made in a loop each keep their own values", source="ldp/flows", verdict="same")
def test_flows_made_in_a_loop_keep_their_own_values(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_streaming_table("all_regions")

        def make(region):
            @dp.append_flow(target="all_regions", name=f"from_{region}")
            def load():
                return spark.readStream.table(f"raw.{region}")

        for region in ("eu", "us"):
            make(region)
        """,
    )

    assert reads(recording, "from_eu") == (("raw.eu", "stream"),)
    assert reads(recording, "from_us") == (("raw.us", "stream"),)


def test_auto_cdc_takes_every_argument_as_text(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_streaming_table("orders")
        dp.create_auto_cdc_flow(
            target="orders",
            source="orders_valid",
            keys=["order_id"],
            sequence_by="STRUCT(changed_at, event_id)",
            ignore_null_updates=True,
            apply_as_deletes="op = 'delete'",
            apply_as_truncates="op = 'truncate'",
            except_column_list=["op"],
            stored_as_scd_type="2",
            track_history_except_column_list=["seen_at"],
            name="orders_from_valid",
            once=True,
        )
        """,
    )

    assert flow(recording, "orders_from_valid").once
    assert flow(recording, "orders_from_valid").cdc == Cdc(
        source="orders_valid",
        keys=("order_id",),
        sequence_by="STRUCT(changed_at, event_id)",
        scd_type=2,
        delete_when="op = 'delete'",
        truncate_when="op = 'truncate'",
        except_columns=("op",),
        track_history_except=("seen_at",),
        ignore_null_updates=True,
    )


def test_auto_cdc_takes_columns(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        import dlt
        from pyspark.sql.functions import col, expr, struct

        dlt.create_streaming_table("t")
        dlt.apply_changes(
            target="t", source="s", keys=[col("a"), "b"], sequence_by=struct("ts", col("n")),
            apply_as_deletes=expr("op = 'D'"), column_list=["a", col("b")], flow_name="f",
        )
        """,
    )

    cdc = flow(recording, "f").cdc
    assert cdc is not None
    assert (cdc.keys, cdc.sequence_by, cdc.columns) == (("a", "b"), "struct(ts, n)", ("a", "b"))
    assert cdc.delete_when == "op = 'D'"
    assert cdc.scd_type == 1


def test_what_the_model_has_no_field_for_becomes_an_option(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_auto_cdc_flow("t", "s", ["a"], "b", where="c > 1", system_sequence_by="at")
        """,
    )

    assert recording.flows[0].options == {"where": "c > 1", "system_sequence_by": "at"}


def test_null_updates_are_ignored_for_chosen_columns(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_auto_cdc_flow("t", "s", ["a"], "b", ignore_null_updates_column_list=["d", "e"])
        dp.create_auto_cdc_flow("t", "s", ["a"], "b", ignore_null_updates_except_column_list=["f"])
        """,
    )

    first, second = (item.cdc for item in recording.flows)
    assert first == Cdc("s", ("a",), "b", ignore_null_updates=True, ignore_null_columns=("d", "e"))
    assert second == Cdc("s", ("a",), "b", ignore_null_updates=True, ignore_null_except=("f",))


@pytest.mark.parametrize("argument", ["source=next_snapshot", "snapshot_and_version=next_snapshot"])
def test_snapshots_come_from_a_function_of_the_last_version(tmp_path: Path, argument: str) -> None:
    recording = record_text(
        tmp_path,
        f"""
        import dlt

        def next_snapshot(latest_version):
            return None if latest_version else ("frame", 1)

        dlt.create_streaming_table("t")
        dlt.apply_changes_from_snapshot(target="t", keys=["id"], stored_as_scd_type=2, {argument})
        """,
    )

    [item] = recording.flows
    assert item.kind == "auto_cdc_from_snapshot"
    assert item.cdc == Cdc(source="", keys=("id",), sequence_by="", scd_type=2)
    assert item.query is not None
    read = item.query.function()
    assert callable(read)
    assert (read(None), read(1)) == (("frame", 1), None)


def test_snapshots_come_from_a_table(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_auto_cdc_from_snapshot_flow(target="t", source="daily", keys=["id"], stored_as_scd_type=1)
        """,
    )

    [item] = recording.flows
    assert item.query is None
    assert item.cdc == Cdc(source="daily", keys=("id",), sequence_by="")


def test_a_foreach_batch_sink_is_a_sink(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.foreach_batch_sink(name="out")
        def handle(frame, batch_id):
            raise AssertionError

        @dp.append_flow(target="out")
        def to_out():
            return spark.readStream.table("events")
        """,
    )

    assert (recording.datasets[0].kind, recording.datasets[0].clauses) == ("sink", {"using": "foreach_batch"})
    assert [item.target for item in recording.flows] == ["out"]
