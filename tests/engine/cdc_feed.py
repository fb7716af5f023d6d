"""Change events delivered as files and applied by a stream, one micro-batch a file."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cdc_oracle import Event

from medallion_toolkit.engine.auto_cdc import apply_changes
from medallion_toolkit.engine.expectations import Counts
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import Place
from medallion_toolkit.model import Cdc, Expectation, Flow

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PLACE = Place("orders.sql", 1, 1)
TABLE = "shop.silver.orders"
SCHEMA = "key STRING, sequence INT, value INT, note STRING, place STRUCT<city: STRING, zip: STRING>, op STRING"
VISIBLE = ("key", "value", "note", "place.city", "place.zip")


def cdc(scd_type: int, **changes: object) -> Cdc:
    clauses: dict[str, object] = {
        "source": "changes",
        "keys": ("key",),
        "sequence_by": "sequence",
        "scd_type": scd_type,
        "delete_when": "op = 'd'",
        "except_columns": ("op", "sequence"),
    }
    return Cdc(**{**clauses, **changes})


class Feed:
    """A folder of events and the flows that apply them to one table."""

    def __init__(self, spark: SparkSession, folder: Path, *flows: Cdc) -> None:
        self.spark, self.folder, self.flows = spark, folder, flows
        self.store = Store.open(folder / ".medallion")
        for number in range(len(flows)):
            (folder / f"landing{number}").mkdir(parents=True)

    def deliver(self, name: str, events: Sequence[Event], flow: int = 0) -> None:
        text = "".join(f"{event.as_json()}\n" for event in events)
        (self.folder / f"landing{flow}" / f"{name}.json").write_text(text, encoding="utf-8")

    def flow(self, number: int, *, once: bool = False) -> Flow:
        return Flow(f"changes{number}", TABLE, "auto_cdc", PLACE, cdc=self.flows[number], once=once)

    def source(self, flow: int, *, once: bool = False) -> DataFrame:
        folder = str(self.folder / f"landing{flow}")
        if once:
            return self.spark.read.schema(SCHEMA).json(folder)
        return self.spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 1).json(folder)

    def update(self, flow: int = 0, *, once: bool = False, rules: Sequence[Expectation] = ()) -> Counts:
        source = self.source(flow, once=once)
        return apply_changes(self.spark, self.store, self.flow(flow, once=once), source, rules, self.flows)

    def rows(self, *columns: str) -> list[tuple[object, ...]]:
        found = read_table(self.spark, self.store, TABLE).selectExpr(*columns or VISIBLE)
        return sorted((tuple(row) for row in found.collect()), key=str)

    def stored(self) -> list[str]:
        """All rows of the table with their hidden columns."""
        return sorted(map(str, self.spark.read.format("delta").load(str(self.store.table(TABLE))).collect()))


def random_events(seed: int, keys: int, *, truncates: Sequence[int] = ()) -> list[Event]:
    """Up to seven events a key, few distinct sequences and values, so that ties, repeats and NULLs are common."""
    chance = random.Random(seed)
    events = [Event(None, at, is_truncate=True) for at in truncates]
    for number in range(keys):
        for _ in range(chance.randint(1, 7)):
            values = (chance.choice([1, 2, 10, None]), chance.choice(["a", "b", None]))
            place = (chance.choice(["Rome", "Oslo", None]), chance.choice(["1", None, None]))
            if chance.random() < 0.2:
                events.append(Event(f"K{number}", chance.randint(1, 6), is_delete=True))
            else:
                events.append(Event(f"K{number}", chance.randint(1, 6), *values, city=place[0], zip=place[1]))
    events += chance.sample(events, len(events) // 5)
    chance.shuffle(events)
    return events


def in_batches(events: Sequence[Event], batches: int) -> list[Sequence[Event]]:
    size = len(events) // batches + 1
    return [events[number * size : (number + 1) * size] for number in range(batches)]
