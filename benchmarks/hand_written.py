"""The work of `big_orders` as an engineer would write it by hand: PySpark, Structured Streaming and Delta, no tool.

`benchmarks/hand_written.py LANDING STATE persist|reread`: one stream over the files; each batch is split
with all reasons and counted, the bronze rows, judged rows and quarantine are appended, the valid ones merged by
key; then the aggregate is replaced. `persist` keeps the judged batch between its writers, `reread` reads what
it has just written. Prints wall seconds, peak memory of the JVM in megabytes, counts and the plan.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = "order_id STRING, customer_id STRING, status STRING, amount STRING, ordered_at STRING, changed_at STRING"
TYPED = """
trim(order_id) AS order_id; trim(customer_id) AS customer_id; lower(trim(status)) AS status
try_cast(amount AS DECIMAL(12,2)) AS order_amount; try_cast(ordered_at AS TIMESTAMP) AS ordered_at
try_cast(changed_at AS TIMESTAMP) AS changed_at; _source_file
named_struct('order_amount', amount, 'ordered_at', ordered_at, 'changed_at', changed_at) AS _source
"""
RULES = {
    "order_id_present": "order_id IS NOT NULL",
    "order_id_not_blank": "order_id IS NULL OR coalesce(order_id RLIKE '(?U)\\\\S', false)",
    "customer_id_present": "customer_id IS NOT NULL",
    "status_allowed": "status IS NULL OR coalesce(status IN ('placed', 'paid', 'shipped', 'returned'), false)",
    "order_amount_typed": "coalesce(_source.order_amount IS NULL OR order_amount IS NOT NULL, false)",
    "order_amount_in_range": "order_amount IS NULL OR coalesce(order_amount >= 0, false)",
    "ordered_at_typed": "coalesce(_source.ordered_at IS NULL OR ordered_at IS NOT NULL, false)",
    "changed_at_typed": "coalesce(_source.changed_at IS NULL OR changed_at IS NOT NULL, false)",
    "changed_at_present": "_source.changed_at IS NOT NULL",
    "changed_not_before_ordered": "coalesce(changed_at >= ordered_at, false)",
}
TABLES = ("bronze", "checked", "quarantine", "orders", "daily")


def main() -> int:
    landing, state, mode = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    started = time.perf_counter()
    spark = session_in(state)
    counts = run(spark, landing, state, mode == "persist")
    seconds = time.perf_counter() - started
    plan = _judged(spark.read.format("delta").load(str(state / "bronze")))
    text = plan._jdf.queryExecution().executedPlan().toString()
    print(json.dumps({"seconds": seconds, "peak_mb": peak_memory(spark), "counts": counts, "plan": text}))
    return 0


def session_in(state: Path) -> SparkSession:
    """The same settings, jars, class archive and code generation as the tool uses for this input."""
    from medallion_toolkit.engine.session import SessionOnDemand, fit_to_input

    spark = SessionOnDemand(state / "session").spark()
    fit_to_input(spark, 1 << 40)
    return spark


def peak_memory(spark: SparkSession) -> float:
    """High-water mark of the JVM's resident memory, in megabytes."""
    gateway = spark.sparkContext._gateway
    process = gateway.proc.pid if gateway is not None else 0
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def run(spark: SparkSession, landing: Path, state: Path, persist: bool) -> dict[str, int]:
    """Everything but start-up; counts by rule and `rows`."""
    total: dict[str, int] = {}

    def each_batch(batch: DataFrame, number: int) -> None:
        for name, count in _write(batch, number, state, persist).items():
            total[name] = total.get(name, 0) + count

    rows = spark.readStream.schema(SCHEMA).json(str(landing)).selectExpr("*", "_metadata.file_name AS _source_file")
    stream = rows.writeStream.foreachBatch(each_batch).option("checkpointLocation", str(state / "checkpoint"))
    stream.trigger(availableNow=True).start().awaitTermination()
    orders = spark.read.format("delta").load(str(state / "orders"))
    days = orders.groupBy(orders.ordered_at.cast("date").alias("day"), "status")
    sums = days.agg({"*": "count", "order_amount": "sum"}).toDF("day", "status", "orders", "revenue")
    sums.write.format("delta").mode("overwrite").save(str(state / "daily"))
    return total


def _judged(bronze: DataFrame) -> DataFrame:
    typed = bronze.selectExpr(*(part.strip() for line in TYPED.strip().splitlines() for part in line.split(";")))
    reasons = ", ".join(
        f"CASE WHEN NOT ({rule}) THEN named_struct('rule', '{name}', 'message', '{name} must hold', 'columns', "
        f"CAST(array() AS ARRAY<STRING>), 'severity', 'quarantine', 'value', to_json(_source)) END"
        for name, rule in RULES.items()
    )
    good = " AND ".join(f"({rule})" for rule in RULES.values())
    verdict = f"CASE WHEN {good} THEN NULL ELSE filter(array({reasons}), e -> e IS NOT NULL) END AS _errors"
    return typed.selectExpr("*", verdict)


def _write(batch: DataFrame, number: int, state: Path, persist: bool) -> dict[str, int]:
    from pyspark.sql import Observation
    from pyspark.sql.functions import expr

    spark = batch.sparkSession
    append = {"txnAppId": "bronze", "txnVersion": str(number)}
    source = batch.persist() if persist else batch
    source.write.format("delta").mode("append").options(**append).save(str(state / "bronze"))
    bronze = source if persist else spark.read.format("delta").load(str(state / "bronze"))
    observation = Observation()
    failed = [expr(f"count_if(NOT ({rule}))").alias(name) for name, rule in RULES.items()]
    judged = _judged(bronze).observe(observation, expr("count(1)").alias("rows"), *failed)
    kept = judged.persist() if persist else judged
    kept.write.format("delta").mode("append").options(**append).save(str(state / "checked"))
    checked = kept if persist else spark.read.format("delta").load(str(state / "checked"))
    bad = checked.where("_errors IS NOT NULL").selectExpr(
        "order_id", "customer_id", "status", "_source.order_amount", "_source.ordered_at", "_source.changed_at",
        "_errors", "_source_file",
    )  # fmt: skip
    bad.write.format("delta").mode("append").options(**append).save(str(state / "quarantine"))
    _merge(spark, checked.where("_errors IS NULL").drop("_source", "_errors"), state / "orders")
    if persist:
        kept.unpersist()
        source.unpersist()
    return {name: int(count) for name, count in observation.get.items()}


def _merge(spark: SparkSession, valid: DataFrame, path: Path) -> None:
    from delta.tables import DeltaTable

    newest = "row_number() OVER (PARTITION BY order_id ORDER BY changed_at DESC, to_json(struct(*)) DESC) AS place"
    last = valid.selectExpr("*", newest).where("place = 1").drop("place")
    if not path.exists():
        last.limit(0).write.format("delta").save(str(path))
    merge = DeltaTable.forPath(spark, str(path)).alias("t").merge(last.alias("s"), "s.order_id = t.order_id")
    merge.whenMatchedUpdateAll("s.changed_at > t.changed_at").whenNotMatchedInsertAll().execute()


if __name__ == "__main__":
    sys.exit(main())
