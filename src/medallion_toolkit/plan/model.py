"""Consequences of a change, each with the platform's statement it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from medallion_toolkit.errors import Place

Effect = Literal[
    "unchanged",
    "metadata only",
    "new rows only",
    "new",
    "recomputed",
    "incremental refresh lost",
    "full refresh needed",
    "state lost",
    "undefined results",
    "dropped with data",
]
# From harmless to grave; a dataset has the gravest effect of its reasons.
EFFECTS: tuple[Effect, ...] = (
    "unchanged", "metadata only", "new", "new rows only", "recomputed", "incremental refresh lost",
    "full refresh needed", "state lost", "undefined results", "dropped with data",
)  # fmt: skip
NEEDS_ALLOW: tuple[Effect, ...] = ("full refresh needed", "state lost", "undefined results", "dropped with data")
UNKNOWN = "unknown"

# Statement: page below https://docs.databricks.com/aws/en/, or `unknown` where no page says it.
PAGES: Mapping[str, str] = {
    "query of a streaming table": "ldp/full-refresh-st",
    "stateful query": "ldp/full-refresh-st",
    "streamed source": "ldp/full-refresh-st",
    "name of a flow": "ldp/flows",
    "flow taken away": "ldp/flows",
    "flow added": "ldp/flows",
    "once flow": "ldp/flows-backfill",
    "keys of auto cdc": "ldp/cdc",
    "sequence of auto cdc": "ldp/cdc",
    "scd type": "ldp/cdc",
    "conditions of auto cdc": "ldp/cdc",
    "kind of a dataset": "ldp/limitations",
    "dataset taken away": "ldp/develop",
    "dataset renamed": "ldp/develop",
    "pipeline of a dataset": "ldp/move-table",
    "query of a materialized view": "ldp/materialized-views",
    "incremental refresh": "ldp/incremental-refresh",
    "expectation": "ldp/expectations",
    "column added": "ldp/streaming-table-schema-evolution",
    "column dropped": "ldp/streaming-table-schema-evolution",
    "type widened": "ldp/streaming-table-schema-evolution",
    "type changed": "ldp/streaming-table-schema-evolution",
    "column comment": "ldp/developer/ldp-sql-ref-create-streaming-table",
    "mask": "ldp/developer/ldp-sql-ref-create-streaming-table",
    "property": "ldp/properties",
    "reset protection": "ldp/properties",
    "clustering": "delta/clustering",
    "partitioning": UNKNOWN,
    "view": "ldp/developer/ldp-sql-ref-create-view",
    "reader option": "ingestion/cloud-object-storage/auto-loader/options",
    "path of a source": "ingestion/cloud-object-storage/auto-loader/options",
    "python": UNKNOWN,
    "sink": "ldp/sinks",
}


@dataclass(frozen=True)
class Reason:
    """One difference and what it does; `statement` is a key of PAGES."""

    effect: Effect
    text: str
    statement: str

    @property
    def page(self) -> str:
        """The documentation page, or `unknown`."""
        return PAGES[self.statement]


@dataclass(frozen=True)
class DatasetPlan:
    """What happens to one dataset; `broken` are places of consumers that name a column which goes away."""

    name: str
    kind: str
    reasons: tuple[Reason, ...]
    place: Place | None = None
    consumers: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    owner: str | None = None
    columns_added: tuple[str, ...] = ()
    columns_gone: tuple[str, ...] = ()
    pipeline: str = ""

    @property
    def effect(self) -> Effect:
        """The gravest effect."""
        return max((reason.effect for reason in self.reasons), key=EFFECTS.index, default="unchanged")


@dataclass(frozen=True)
class ResourceChange:
    """A field of a bundle resource that is another now: `jobs.daily.schedule.quartz_cron_expression`."""

    resource: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ConsequencePlan:
    """The whole plan: datasets that change, resources that change, and what needs a person's word."""

    base: str
    target: str
    datasets: tuple[DatasetPlan, ...]
    resources: tuple[ResourceChange, ...] = ()
    unchanged: int = 0
    allowed: Mapping[str, bool] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[DatasetPlan, ...]:
        """Datasets whose effect needs --allow and has none."""
        return tuple(one for one in self.datasets if self.allowed.get(one.name) is False or one.broken)

    @property
    def verdict(self) -> Effect:
        """The gravest effect of all."""
        return max((one.effect for one in self.datasets), key=EFFECTS.index, default="unchanged")
