"""The usual work of a run in small, so that its classes are loaded: `python -m … FOLDER ARCHIVE`."""

from __future__ import annotations

import sys
from pathlib import Path

from medallion_toolkit.engine.auto_cdc import apply_changes
from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.engine.writing import append_stream, replace_table
from medallion_toolkit.errors import Place
from medallion_toolkit.model import Cdc, Expectation, Flow

PLACE = Place("warm_up.sql", 1, 1)


def warm_up(folder: Path, archive: Path) -> None:
    """Read files, append a stream, apply changes of both types, replace a view; then end the JVM and wait for it."""
    landing = folder / "landing"
    landing.mkdir(parents=True)
    (landing / "rows.json").write_text('{"key":"A","at":1,"amount":"5"}\n', encoding="utf-8")
    store = Store.open(folder / "state")
    spark = SessionOnDemand(folder / "session", record=archive).spark()
    options = {"format": "json", "schema": "key STRING, at INT, amount STRING", "rescuedDataColumn": "_rescued_data"}
    source = read_options(landing, options, PLACE, infer_types=True)
    rule = Expectation("amount_is_number", "try_cast(amount AS DECIMAL(12, 2)) IS NOT NULL", "drop", PLACE)
    for scd_type in (1, 2):
        rows = read_source(spark, source, True, folder / "schema.json").drop(METADATA)
        append_stream(spark, store, Flow("rows", f"a.b.rows{scd_type}", "append", PLACE), rows, (rule,))
        cdc = Cdc("rows", ("key",), "at", scd_type)
        flow = Flow("changes", f"a.b.changes{scd_type}", "auto_cdc", PLACE, cdc=cdc)
        apply_changes(spark, store, flow, read_source(spark, source, True, folder / "schema.json").drop(METADATA), ())
    rows = read_table(spark, store, "a.b.changes2").groupBy("key").count()
    replace_table(store, Flow("totals", "a.b.totals", "complete", PLACE), rows, ())
    gateway = spark.sparkContext._gateway
    spark.stop()
    if gateway is not None:
        gateway.shutdown()
        process = gateway.proc
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    warm_up(Path(sys.argv[1]), Path(sys.argv[2]))
