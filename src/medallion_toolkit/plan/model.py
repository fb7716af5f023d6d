"""Consequences of a change, each with the platform's statement it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from medallion_toolkit.errors import Place

if TYPE_CHECKING:
    from medallion_toolkit.contracts.diffing import ContractChanges

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
    "kind of a flow": "ldp/cdc",
    "refresh of a streamed table": UNKNOWN,
    "files of a full refresh": "ldp/full-refresh-st",
    "names in a query": UNKNOWN,
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
    "protection taken away": "ldp/developer/ldp-sql-ref-create-streaming-table",
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


Size = Literal["small", "medium", "large", "unknown"]


@dataclass(frozen=True)
class Cost:
    """How much work it is to make a dataset anew, roughly, and the figures that rests on."""

    size: Size
    basis: str

    def __str__(self) -> str:
        return f"{self.size}: {self.basis}"


@dataclass(frozen=True)
class DatasetPlan:
    """What happens to one dataset; `broken` are places of consumers that name a column which goes away.

    `consumers` are datasets, `readers` what reads it outside of the pipelines: dashboards, alerts, SQL of jobs.
    `owners` are those of the consumers' contracts. `cost` is there where the effect makes rows anew.
    """

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
    readers: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    cost: Cost | None = None

    @property
    def effect(self) -> Effect:
        """The gravest effect."""
        return max((reason.effect for reason in self.reasons), key=EFFECTS.index, default="unchanged")


@dataclass(frozen=True)
class ResourceChange:
    """A field of a bundle resource that is another now: `jobs.daily.schedule.quartz_cron_expression`.

    `target` is set where only a target other than the plan's has the change.
    """

    resource: str
    field: str
    before: str | None
    after: str | None
    target: str | None = None


@dataclass(frozen=True)
class ConsequencePlan:
    """The whole plan: datasets, contracts and resources that change, and what needs a person's word.

    `known_as` gives for the parts of a contract's table that table, and nothing for temporary views: a person counts
    tables. `unread` says what could not be read, and may read any of them.
    """

    base: str
    target: str
    datasets: tuple[DatasetPlan, ...]
    resources: tuple[ResourceChange, ...] = ()
    unchanged: int = 0
    allowed: Mapping[str, bool] = field(default_factory=dict)
    contracts: tuple[ContractChanges, ...] = ()
    known_as: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @property
    def consumers(self) -> tuple[str, ...]:
        """What reads a dataset whose rows change, each once: tables, dashboards, alerts, SQL of jobs."""
        found: dict[str, None] = {}
        for one in self.datasets:
            if one.effect in ("unchanged", "metadata only"):
                continue
            readers = (self.known_as.get(name, name) for name in (*one.consumers, *one.readers))
            found |= {name: None for name in readers if name not in ("", self.known_as.get(one.name, one.name))}
        return tuple(found)

    @property
    def refused(self) -> tuple[DatasetPlan, ...]:
        """Datasets whose effect, or what they break, needs --allow and has none."""
        return tuple(one for one in self.datasets if self.allowed.get(one.name) is False)

    @property
    def verdict(self) -> Effect:
        """The gravest effect of all."""
        return max((one.effect for one in self.datasets), key=EFFECTS.index, default="unchanged")
