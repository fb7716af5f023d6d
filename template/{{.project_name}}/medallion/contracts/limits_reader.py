"""The part of a contract that says what the job's gate asks of an update."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from ..errors import MedallionContractError
from ..model.contract import Freshness, Limits, RuleLimit
from ..rules.table_time import seconds_of
from ..sql.column_types import ColumnType
from ..yaml_files.positions import Entry, MapNode, ScalarNode, scalar, text_at


def read_limits(node: MapNode, known: Mapping[str, ColumnType]) -> Limits:
    """The limits of a contract; what is not stated is not limited."""
    quarantined = read_limit(text_at(node, "quarantined")) or RuleLimit()
    rows = node.get("rows")
    return Limits(
        quarantined_percent=quarantined.percent,
        quarantined_rows=quarantined.rows,
        failed=read_limit(text_at(node, "failed")),
        freshness=_freshness(node.get("freshness"), known),
        least_rows=_row_limit(rows, "min"),
        most_rows=_row_limit(rows, "max"),
    )


def read_limit(text: str | None) -> RuleLimit | None:
    """A limit of rows: `5 %` or `10 rows`."""
    if text is None:
        return None
    is_share = text.endswith("%")
    return RuleLimit(percent=Decimal(text.rstrip("% "))) if is_share else RuleLimit(rows=int(text.split()[0]))


def _row_limit(entry: Entry | None, name: str) -> int | None:
    if entry is None:
        return None
    if isinstance(entry.value, ScalarNode):
        return cast(int, entry.value.value) if name == "min" else None
    bound = cast(MapNode, entry.value).get(name)
    return cast(int, scalar(bound.value).value) if bound else None


def _freshness(entry: Entry | None, known: Mapping[str, ColumnType]) -> Freshness | None:
    if entry is None:
        return None
    column = "_ingestion_timestamp"
    age = entry.value
    if isinstance(entry.value, MapNode):
        age = cast(Entry, entry.value.get("within")).value
        column = text_at(entry.value, "column") or column
    column_type = known.get(column.lower())
    if column_type is None or column_type.family not in ("date", "timestamp"):
        names = [name for name, one in known.items() if one.family in ("date", "timestamp")]
        raise MedallionContractError(
            "MED310",
            "freshness needs a date or timestamp column",
            entry.position,
            found=column,
            expected=", ".join(names) or "a date or timestamp column",
            help="write {within: 24h, column: …}",
        )
    return Freshness(seconds_of(scalar(age).text), column)
