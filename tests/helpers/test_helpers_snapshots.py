"""Random snapshots, some refused, with failing, doubled and keyless rows, against an account kept by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from contract_samples import contract

from medallion import plan_tables
from medallion.tables.step_sql import steps_sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

CONTRACT = """
table: silver.parts
from: parts_all
keys: [shop, id]
history:
  {type: 2, snapshot_by: day, most_keys_lost: 25 %, refuse_when: not is_whole, not_stored: [is_whole, day]}
carry: [_row_id, _ingestion_timestamp]
columns:
  shop:     {type: string}
  id:       {type: int}
  price:    {type: int, rules: [range: {min: 0}]}
  labels:   {type: "array<string>"}
  is_whole: {type: boolean}
  day:      {type: date}
"""
KEYS = [(shop, str(number)) for shop in ("N", "S") for number in range(12)]
Key = tuple[str, int]


@dataclass(frozen=True)
class Part:
    """A row as it came."""

    day: str
    shop: str | None
    id: str | None
    price: str | None
    labels: list[str] | None
    row_id: str
    is_whole: str = "true"

    @property
    def key(self) -> Key | None:
        return (self.shop, int(self.id)) if self.shop and self.id and self.id.isdigit() else None

    @property
    def is_good(self) -> bool:
        return self.price is None or (self.price.isdigit())

    @property
    def values(self) -> tuple[object, ...]:
        return (None if self.price is None else int(self.price), self.labels)


@dataclass
class Account:
    """What a table of versions holds, kept by hand."""

    base: set[Key] = field(default_factory=set)
    current: dict[Key, tuple[tuple[object, ...], str]] = field(default_factory=dict)
    ended: list[tuple[object, ...]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    valid: set[str] = field(default_factory=set)

    def take(self, day: str, rows: list[Part]) -> None:
        keys = {row.key for row in rows if row.key}
        lost = len(self.base - keys)
        if not keys or any(row.is_whole == "false" for row in rows) or lost * 100 > 25 * len(self.base):
            self.refused.add(day)
            return
        self.base = keys
        if all(row.key for row in rows):
            for key in set(self.current) - keys:
                self._end(key, day)
        first: dict[Key, Part] = {}
        for row in sorted(rows, key=lambda one: one.row_id):
            if row.key:
                first.setdefault(row.key, row)
        for key, row in first.items():
            if row.is_good:
                self._put(key, row, day)

    def _put(self, key: Key, row: Part, day: str) -> None:
        self.valid.add(row.row_id)
        if key in self.current and self.current[key][0] == row.values:
            return
        if key in self.current:
            self._end(key, day)
        self.current[key] = (row.values, day)

    def _end(self, key: Key, day: str) -> None:
        values, start = self.current.pop(key)
        self.ended.append((*key, *values, start, day))

    def versions(self) -> list[tuple[object, ...]]:
        return [*self.ended, *((*key, *values, start, None) for key, (values, start) in self.current.items())]


def snapshots(chance: random.Random, days: int) -> Iterator[tuple[str, list[Part]]]:
    held: dict[tuple[str, str], tuple[str | None, list[str] | None]] = {}
    for number in range(days):
        day = f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}"
        for key in KEYS:
            if chance.random() < 0.3:
                held[key] = (chance.choice(["1", "2", None]), chance.choice([["a"], [], None]))
            elif chance.random() < 0.08:
                held.pop(key, None)
        kind = chance.choice(["whole"] * 6 + ["cut", "said", "empty", "keyless"])
        kept = dict(chance.sample(sorted(held.items()), len(held) // 3)) if kind == "cut" else dict(held)
        yield day, list(_rows(chance, day, kind, {} if kind == "empty" else kept))


def _rows(
    chance: random.Random, day: str, kind: str, held: Mapping[tuple[str, str], tuple[str | None, list[str] | None]]
) -> Iterator[Part]:
    count = 0
    for (shop, number), (price, labels) in held.items():
        for _ in range(2 if chance.random() < 0.05 else 1):
            count += 1
            is_bad = chance.random() < 0.12
            said = "false" if kind == "said" and count == 1 else "true"
            yield Part(day, shop, number, "-1" if is_bad else price, labels, f"{day}-{chance.random()}", said)
    if kind in ("keyless", "empty"):
        yield Part(day, "N", None if kind == "empty" else "x", "1", None, f"{day}-none")


def test_versions_are_what_an_account_by_hand_says(spark: SparkSession) -> None:
    one, account, rows = contract(CONTRACT), Account(), []
    for day, given in snapshots(random.Random(11), days=40):
        account.take(day, given)
        rows += given
    schema = "shop STRING, id STRING, price STRING, labels ARRAY<STRING>, is_whole STRING, day STRING, _row_id STRING"
    data = [(row.shop, row.id, row.price, row.labels, row.is_whole, row.day, row.row_id) for row in rows]
    source = spark.createDataFrame(data, schema).selectExpr("*", "TIMESTAMP '2026-01-01' AS _ingestion_timestamp")
    source.repartition(3).localCheckpoint().createOrReplaceTempView("parts_all")
    for plan in plan_tables(one, {}):
        (flow,) = plan.flows
        query = (flow.query or steps_sql(flow.steps, flow.source)).replace("silver.", "")
        made = spark.sql(query).localCheckpoint()
        made.createOrReplaceTempView(plan.name.removeprefix("silver."))
        assert made.columns == [column.name for column in plan.columns]
    found = spark.table("parts").selectExpr(
        "shop", "id", "price", "labels", "CAST(__START_AT AS STRING)", "CAST(__END_AT AS STRING)"
    )
    assert sorted(map(repr, map(tuple, found.collect()))) == sorted(map(repr, account.versions()))
    judged = spark.table("parts_snapshots").selectExpr("CAST(snapshot AS STRING)", "is_accepted", "reason").collect()
    assert {row[0] for row in judged if not row[1]} == account.refused
    assert all((row["reason"] is None) == row["is_accepted"] for row in judged)
    checked = spark.table("parts_checked").selectExpr("_row_id", "_errors IS NULL AS is_valid").collect()
    assert {row["_row_id"] for row in checked if row["is_valid"]} == account.valid
    quarantined = {row["_row_id"] for row in spark.table("parts_quarantine").select("_row_id").collect()}
    assert quarantined == {row.row_id for row in rows} - account.valid
    assert len(checked) == len(rows)
    assert min(len(account.refused), len(account.ended), len(quarantined), len(account.valid)) > 5
