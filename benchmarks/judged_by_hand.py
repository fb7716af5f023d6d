"""The work of `judged_project` by hand: `benchmarks/judged_by_hand.py LANDING STATE`.

One stream; each batch is appended to bronze, judged once into checked, and what was stored is read for table and
quarantine; every rule is counted by observation. Prints wall seconds and counts.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from judged_rows import COLUMNS, TYPES, rules_by_hand, typed_by_hand, verdict_by_hand

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def main() -> int:
    from hand_written import session_in

    landing, state = Path(sys.argv[1]), Path(sys.argv[2])
    started = time.perf_counter()
    spark = session_in(state)
    rules = rules_by_hand(20)
    counts: dict[str, int] = {}

    def each_batch(batch: DataFrame, number: int) -> None:
        from pyspark.sql import Observation
        from pyspark.sql.functions import expr

        def append(rows: DataFrame, name: str) -> None:
            options = {"txnAppId": name, "txnVersion": str(number)}
            rows.write.format("delta").mode("append").options(**options).save(str(state / name))

        append(batch, "bronze")
        observation = Observation()
        failed = [expr(f"count_if(NOT {rule})").alias(name) for name, rule in rules.items()]
        bronze = spark.read.format("delta").load(str(state / "bronze"))
        judged = bronze.selectExpr(*typed_by_hand(20)).selectExpr("*", verdict_by_hand(rules))
        append(judged.observe(observation, expr("count(1)").alias("rows"), *failed), "checked")
        checked = spark.read.format("delta").load(str(state / "checked"))
        came = [f"_source.{column}" if column in TYPES else column for column in COLUMNS]
        append(checked.where("_errors IS NOT NULL").selectExpr(*came, "_errors", "_source_file"), "quarantine")
        append(checked.where("_errors IS NULL").drop("_source", "_errors"), "orders")
        counts.update({name: int(count) for name, count in observation.get.items()})

    schema = ", ".join(f"{column} STRING" for column in COLUMNS)
    rows = spark.readStream.schema(schema).parquet(str(landing)).selectExpr("*", "_metadata.file_name AS _source_file")
    stream = rows.writeStream.foreachBatch(each_batch).option("checkpointLocation", str(state / "checkpoint"))
    stream.trigger(availableNow=True).start().awaitTermination()
    print(json.dumps({"seconds": time.perf_counter() - started, "counts": counts}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
