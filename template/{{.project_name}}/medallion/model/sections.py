"""The parts of a contract that other work acts on: layout, regulation, monitoring, tests. Kept as they are stated."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Evolution = Literal["add_nullable", "rescue", "fail", "ignore"]


@dataclass(frozen=True)
class Partitioning:
    """The columns a table is laid out by, and the idea behind it (`time`)."""

    columns: tuple[str, ...] = ()
    strategy: str | None = None


@dataclass(frozen=True)
class Caching:
    """Whether readers may be served from a cache, and how often it is made anew."""

    is_enabled: bool
    refresh: str | None = None


@dataclass(frozen=True)
class Performance:
    """How the table is to be laid out for its readers."""

    partitioning: Partitioning = Partitioning()
    z_order: tuple[str, ...] = ()
    cluster_by: tuple[str, ...] = ()
    caching: Caching | None = None


@dataclass(frozen=True)
class Compliance:
    """The regulations a table falls under."""

    regulations: tuple[str, ...] = ()
    right_to_be_forgotten: bool = False


@dataclass(frozen=True)
class Metric:
    """A figure to follow. `least` and `most` are its limits, `warning` is where somebody should look."""

    name: str
    description: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    warning: Decimal | None = None


@dataclass(frozen=True)
class Monitoring:
    """Whom to tell, and the figures to follow."""

    channel: str | None = None
    metrics: tuple[Metric, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """What a test is to do to the table's input."""

    name: str
    columns: tuple[str, ...] = ()
    compatibility: str | None = None
    threshold: Decimal | None = None


@dataclass(frozen=True)
class GoldenDataset:
    """Rows that are known to be right, and what they are kept for."""

    path: str
    purpose: str | None = None


@dataclass(frozen=True)
class Testing:
    """How the table is to be tested."""

    scenarios: tuple[Scenario, ...] = ()
    golden_datasets: tuple[GoldenDataset, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """The data catalog that lists the table, beside Unity Catalog."""

    system: str
    namespace: str | None = None


@dataclass(frozen=True)
class Sections:
    """Everything a contract states for work that comes after the table is made."""

    evolution: Evolution | None = None
    performance: Performance = Performance()
    compliance: Compliance = Compliance()
    monitoring: Monitoring = Monitoring()
    testing: Testing = Testing()
