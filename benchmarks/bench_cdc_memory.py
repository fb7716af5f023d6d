"""Five million change events through AUTO CDC of each type with a heap of 1.5 GB.

A fifth of the events arrives in a second update, late and in any order, so that a large table is merged into.
Time is that of both updates; memory is the most the JVM held of the machine. `--rows N` takes fewer events.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine import session as session_settings
from medallion_toolkit.engine.auto_cdc import apply_changes
from medallion_toolkit.engine.session import SessionOnDemand, fit_to_input
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import Place
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROWS = 5_000_000
HEAP = "1536m"
MOST_MEMORY = 2.5
EVENTS_A_KEY = 5
TABLE = "shop.silver.orders"
COLUMNS = "key STRING, sequence BIGINT, name STRING, city STRING, amount BIGINT, op STRING"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--type", type=int)
    options = parser.parse_args()
    if options.type:
        return _measure(options.type, options.rows)
    codes = []
    for scd_type in (1, 2):
        command = [sys.executable, __file__, "--type", str(scd_type), "--rows", str(options.rows)]
        codes.append(subprocess.run(command, check=False).returncode)
    return max(codes)


def _measure(scd_type: int, rows: int) -> int:
    session_settings.SETTINGS["spark.driver.memory"] = HEAP
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spark = SessionOnDemand(folder / "session").spark()
        fit_to_input(spark, rows * 100)
        first, second = _write_events(spark, folder / "generated", rows)
        store = Store.open(folder / "state")
        landing = folder / "landing"
        landing.mkdir()
        seconds = sum(_update(spark, store, scd_type, landing, files) for files in (first, second))
        found, expected = _found(spark, store), _expected(spark, landing, scd_type)
        memory = _most_memory(spark)
        spark.stop()
    is_right = found == expected
    measures = [
        (f"cdc_type_{scd_type}_{rows}_events", seconds, "s", f"{expected[0]} rows, heap {HEAP}", is_right),
        (f"cdc_type_{scd_type}_memory", memory, "GB", f"<= {MOST_MEMORY}", memory <= MOST_MEMORY),
    ]
    for measure, value, unit, aim, ok in measures:
        print(json.dumps({"name": measure, "value": round(value, 2), "unit": unit, "aim": aim, "ok": ok}), flush=True)
    return 0 if all(ok for *_, ok in measures) else 1


def _write_events(spark: SparkSession, folder: Path, rows: int) -> tuple[list[Path], list[Path]]:
    """Ten files of events, neither by key nor by sequence; every fiftieth event deletes."""
    keys = max(1, rows // EVENTS_A_KEY)
    events = spark.range(0, rows, 1, 10).selectExpr(
        f"concat('K', id % {keys}) AS key",
        "xxhash64(id) AS sequence",
        "concat('name of ', id) AS name",
        "concat('city ', id % 1000) AS city",
        "id AS amount",
        "if(id % 50 = 7, 'd', 'u') AS op",
    )
    events.write.parquet(str(folder))
    files = sorted(folder.glob("*.parquet"))
    return files[:8], files[8:]


def _update(spark: SparkSession, store: Store, scd_type: int, landing: Path, files: list[Path]) -> float:
    for file in files:
        file.rename(landing / file.name)
    clauses = Cdc("events", ("key",), "sequence", scd_type, delete_when="op = 'd'", except_columns=("op",))
    flow = Flow("changes", TABLE, "auto_cdc", Place("events.sql", 1, 1), cdc=clauses)
    started = time.perf_counter()
    apply_changes(spark, store, flow, spark.readStream.schema(COLUMNS).parquet(str(landing)), ())
    return time.perf_counter() - started


def _found(spark: SparkSession, store: Store) -> tuple[int, int]:
    row = read_table(spark, store, TABLE).selectExpr("count(1) AS rows", "sum(amount) AS amount").first()
    return (row["rows"], row["amount"]) if row else (0, 0)


def _expected(spark: SparkSession, landing: Path, scd_type: int) -> tuple[int, int]:
    """Type 2 has a version for each event that does not delete, type 1 a row for each key not deleted last."""
    from pyspark.sql.functions import expr

    events = spark.read.schema(COLUMNS).parquet(str(landing))
    if scd_type == 1:
        last = expr("max_by(struct(op, amount), sequence) AS last")
        events = events.groupBy("key").agg(last).selectExpr("last.op", "last.amount")
    row = events.where("op = 'u'").selectExpr("count(1) AS rows", "sum(amount) AS amount").first()
    return (row["rows"], row["amount"]) if row else (0, 0)


def _most_memory(spark: SparkSession) -> float:
    """The JVM's greatest resident set so far, in GB."""
    jvm = spark._jvm
    process = jvm.java.lang.ProcessHandle.current().pid() if jvm else 0
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024 / 1024


if __name__ == "__main__":
    sys.exit(main())
