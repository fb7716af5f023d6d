"""From the nodes of a contract's further sections to values."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from ..model.sections import (
    Caching,
    Catalog,
    Compliance,
    Evolution,
    GoldenDataset,
    Metric,
    Monitoring,
    Partitioning,
    Performance,
    Scenario,
    Sections,
    Testing,
)  # fmt: skip
from ..yaml_files.positions import ListNode, MapNode, items_at, map_at, scalar, text_at


def read_sections(node: MapNode) -> Sections:
    """The sections of a checked contract in short form; what is not stated has its default."""
    return Sections(
        evolution=cast("Evolution | None", text_at(node, "evolution")),
        performance=_performance(map_at(node, "performance")),
        compliance=_compliance(map_at(node, "compliance")),
        monitoring=_monitoring(map_at(node, "monitoring")),
        testing=_testing(map_at(node, "testing")),
    )


def read_catalog(node: MapNode) -> Catalog | None:
    """The data catalog that lists the table, None when the contract names none."""
    system = text_at(node, "system")
    return Catalog(system, text_at(node, "namespace")) if system else None


def _performance(node: MapNode) -> Performance:
    caching = map_at(node, "caching")
    partitioning = node.get("partitioning")
    is_mapping = partitioning is not None and isinstance(partitioning.value, MapNode)
    strategy = text_at(map_at(node, "partitioning"), "strategy") if is_mapping else None
    return Performance(
        partitioning=Partitioning(_columns(node, "partitioning"), strategy),
        z_order=_columns(node, "z_order"),
        cluster_by=_columns(node, "cluster_by"),
        caching=Caching(_flag(caching, "enabled"), text_at(caching, "refresh")) if caching.entries else None,
    )


def _compliance(node: MapNode) -> Compliance:
    return Compliance(_texts(node, "regulations"), _flag(node, "right_to_be_forgotten"))


def _monitoring(node: MapNode) -> Monitoring:
    metrics = (cast(MapNode, one) for one in items_at(node, "metrics"))
    return Monitoring(text_at(node, "channel"), tuple(_metric(one) for one in metrics))


def _metric(node: MapNode) -> Metric:
    limits = map_at(node, "threshold")
    return Metric(
        name=str(text_at(node, "name")),
        description=text_at(node, "description"),
        least=_number(limits, "min"),
        most=_number(limits, "max"),
        warning=_number(limits, "warning_threshold"),
    )


def _testing(node: MapNode) -> Testing:
    scenarios = (cast(MapNode, one) for one in items_at(node, "scenarios"))
    golden = (cast(MapNode, one) for one in items_at(node, "golden_datasets"))
    return Testing(
        scenarios=tuple(
            Scenario(
                name=str(text_at(one, "name")),
                columns=_texts(one, "columns"),
                compatibility=text_at(one, "compatibility"),
                threshold=_number(one, "threshold"),
            )
            for one in scenarios
        ),
        golden_datasets=tuple(GoldenDataset(str(text_at(one, "path")), text_at(one, "purpose")) for one in golden),
    )


def _columns(node: MapNode, key: str) -> tuple[str, ...]:
    """A list of columns, written as a list or as a mapping with `columns`."""
    entry = node.get(key)
    if entry is not None and isinstance(entry.value, MapNode):
        return _texts(entry.value, "columns")
    return _texts(node, key)


def _texts(node: MapNode, key: str) -> tuple[str, ...]:
    entry = node.get(key)
    items = entry.value.items if entry is not None and isinstance(entry.value, ListNode) else ()
    return tuple(scalar(item).text for item in items)


def _flag(node: MapNode, key: str) -> bool:
    entry = node.get(key)
    return entry is not None and scalar(entry.value).value is True


def _number(node: MapNode, key: str) -> Decimal | None:
    text = text_at(node, key)
    return None if text is None else Decimal(text)
