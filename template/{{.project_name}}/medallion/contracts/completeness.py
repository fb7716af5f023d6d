"""The limit `completeness`: the share of values that are filled, over all columns a table keeps."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ..errors import Position
from ..model.contract import Column, TableRule
from ..rules.kinds import table_mark
from ..sql.words import identifier, literal

NAME = "values_complete"


def completeness_rule(table: str, columns: Sequence[Column], percent: Decimal, position: Position) -> TableRule:
    """A rule of the table that is missed where less than `percent` of the values are filled; holds without rows."""
    counted = " + ".join(f"count({identifier(column.name)})" for column in columns)
    share = f"CAST(try_divide(100 * ({counted}), {len(columns)} * count(*)) AS DOUBLE)"
    query = (
        "SELECT share AS metric, concat(CAST(round(share, 2) AS STRING), ' %') AS observed, "
        f"{literal(f'at least {percent} %')} AS limit_value, coalesce(share >= {percent}, true) AS ok "
        f"FROM (SELECT {share} AS share FROM {table_mark(table)})"
    )
    return TableRule(
        name=NAME,
        kind="completeness",
        query=query,
        on_fail="fail",
        message=f"At least {percent} % of the values of {table} must be filled.",
        columns=tuple(column.name for column in columns),
        position=position,
        dimension="completeness",
    )
