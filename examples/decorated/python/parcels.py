"""A parcel service in decorators: bronze, silver and gold; docs/decorators.md explains each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark import pipelines as dp
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count, count_if

from medallion.decorators import (
    bronze,
    documentation,
    gold,
    governance,
    metric,
    performance,
    reference_check,
    silver,
    slowly_changing_dimension,
    test,
    validate,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CONFIGURATION = SparkSession.getActiveSession().conf
BRONZE, SILVER, GOLD = (CONFIGURATION.get(layer) for layer in ("bronze", "silver", "gold"))
LANDING = CONFIGURATION.get("landing")


@dp.table(name=f"{BRONZE}.scans", table_properties={"pipelines.reset.allowed": "false"})
@bronze()
@validate(rules={"parcel_is_named": "parcel_id IS NOT NULL"}, quarantine=False)
def scans_as_they_came(spark: SparkSession) -> DataFrame:
    """Scans of parcels as the hand-held devices wrote them."""
    columns = "parcel_id STRING, depot_id STRING, status STRING, weight_kg STRING, scanned_at STRING"
    return landed(spark, "scans", columns)


@bronze(schema=BRONZE, name="depots", streaming=True)
def depots_as_they_came(spark: SparkSession) -> DataFrame:
    """Master data of the depots as it was sent."""
    columns = "depot_id STRING, city STRING, manager_email STRING, changed_at STRING"
    return landed(spark, "depots", columns)


@silver(schema=SILVER, name="depots", columns={"depot_id": "string", "changed_at": "timestamp"})
@validate(rules=[{"name": "manager_can_be_reached", "column": "manager_email", "type": "email"}])
@slowly_changing_dimension(keys=["depot_id"], track_columns=["city", "manager_email"], effective_from="changed_at")
@governance(classification="internal", owner="network", columns={"manager_email": "pii"})
def depots(spark: SparkSession) -> DataFrame:
    """Depots and every version of their master data."""
    return spark.readStream.table(f"{BRONZE}.depots").selectExpr("* EXCEPT (city)", "initcap(trim(city)) AS city")


@dp.table(name=f"{SILVER}.scans")
@silver()
@validate(
    rules=[
        {"name": "status_is_known", "column": "status", "allowed_values": ["accepted", "sorted", "delivered"]},
        {"name": "weight_is_plausible", "column": "weight_kg", "min_value": 0, "max_value": 70},
    ],
    columns={"parcel_id": ["not_null"], "weight_kg": "decimal(8,3)", "scanned_at": "timestamp"},
)
@reference_check({"depot_id": f"{SILVER}.depots.depot_id"})
@test(golden_dataset="golden/scans.json", scenarios=["missing_values"])
def scans(spark: SparkSession) -> DataFrame:
    """Every scan with its verdict."""
    return spark.readStream.table(f"{BRONZE}.scans").selectExpr("* EXCEPT (status)", "lower(trim(status)) AS status")


@gold(schema=GOLD, name="scans_by_depot", streaming=False)
@metric("parcels_delivered", "sum(delivered)", dimensions=["depot_id"])
@documentation("Scans by depot that hold, and how many of them delivered a parcel.")
@performance(z_order_columns=["depot_id"])
def scans_by_depot(spark: SparkSession) -> DataFrame:
    """Scans by depot."""
    valid = spark.read.table(f"{SILVER}.scans").where("_errors IS NULL")
    current = spark.read.table(f"{SILVER}.depots").where("__END_AT IS NULL").select("depot_id", "city")
    by_depot = valid.join(current, "depot_id").groupBy("depot_id", "city")
    return by_depot.agg(count("*").alias("scans"), count_if(col("status") == "delivered").alias("delivered"))


def landed(spark: SparkSession, folder: str, columns: str) -> DataFrame:
    """New files of a folder of the landing volume."""
    files = spark.readStream.format("cloudFiles").option("cloudFiles.format", "json")
    return files.schema(columns).load(f"{LANDING}/{folder}")
