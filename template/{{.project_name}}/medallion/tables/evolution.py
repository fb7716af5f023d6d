"""Columns of the source that the contract does not have: what becomes of them, and the table that records them.

The reader of the bronze table puts what its stated schema has no place for into `_rescued_data`, JSON text with the
file's path beside it (`schemaEvolutionMode => 'rescue'`). From there on the contract decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..contracts.evolution_rules import FOUND, RESCUED
from ..model.contract import Contract
from ..sql.words import literal
from .plan import PlannedColumn

EXTRA = "_extra"
_ABOUT: Mapping[str, tuple[str, str]] = {
    "what": ("STRING", "column, or contract where the rules themselves changed."),
    "changed_at": ("TIMESTAMP", "When it was seen first."),
    "file": ("STRING", "The file that brought it."),
    "column_name": ("STRING", "The source's name of the column; empty for a change of the contract."),
    "before": ("STRING", "Its type until then, or absent; the contract's version until then."),
    "after": ("STRING", "Its type from then on, as its values look; the contract's version from then on."),
}

_CHANGES = """\
WITH found AS (
    SELECT {seen_at} AS seen_at, {file} AS file, explode({found}) AS (name, value)
    FROM {table}
    WHERE {rescued} IS NOT NULL
),
typed AS (
    SELECT name, seen_at, file, CASE
        WHEN value LIKE '{{%' THEN 'STRUCT'
        WHEN value LIKE '[%' THEN 'ARRAY'
        WHEN lower(value) IN ('true', 'false') THEN 'BOOLEAN'
        WHEN try_cast(value AS BIGINT) IS NOT NULL THEN 'BIGINT'
        WHEN try_cast(value AS DOUBLE) IS NOT NULL THEN 'DOUBLE'
        ELSE 'STRING' END AS type
    FROM found
    WHERE value IS NOT NULL
),
first_seen AS (
    SELECT name, type, min(seen_at) AS seen_at, min_by(file, struct(seen_at, file)) AS file
    FROM typed
    GROUP BY name, type
)
SELECT 'column' AS what, seen_at AS changed_at, file, name AS column_name,
    coalesce(lag(type) OVER (PARTITION BY name ORDER BY seen_at, file, type), {declared}) AS before, type AS after
FROM first_seen"""
_VERSIONS = """
UNION ALL
SELECT 'contract' AS what, changed_at, CAST(NULL AS STRING) AS file, CAST(NULL AS STRING) AS column_name,
    lag(_contract_version) OVER (ORDER BY changed_at, _contract_version) AS before, _contract_version AS after
FROM (
    SELECT _contract_version, min(_checked_at) AS changed_at
    FROM {table}
    GROUP BY _contract_version
)"""


def takes_in(contract: Contract) -> bool:
    """Whether columns that the contract does not have are kept by name, in `_extra`."""
    return contract.evolution == "add_nullable" and contract.source is not None


def extra_select(contract: Contract) -> tuple[str, ...]:
    """The SQL of `_extra`: what was rescued, by the source's names; nothing where it is not asked for."""
    return (f"{FOUND} AS {EXTRA}",) if takes_in(contract) else ()


def carried_select(contract: Contract) -> tuple[str, ...]:
    """The metadata columns of the table; `evolution: ignore` leaves out what was rescued."""
    ignored = f"CAST(NULL AS STRING) AS {RESCUED}" if contract.evolution == "ignore" else RESCUED
    return tuple(ignored if carried.name == RESCUED else carried.name for carried in contract.carry)


def changes_name(contract: Contract) -> str:
    """The table that records changes, without its schema: `orders_schema_changes`."""
    return f"{contract.name}_schema_changes"


def changes_query(contract: Contract, table: str) -> str:
    """One row for each column, and each type of it, that the source brought and the contract does not have.

    Changes of the contract itself stand beside them where rows name the contract that judged them.
    """
    carried = {one.name for one in contract.carry}
    types = ", ".join(f"{literal(column.name)}, {literal(column.type.sql)}" for column in contract.columns)
    columns = _CHANGES.format(
        table=table,
        found=FOUND,
        rescued=RESCUED,
        seen_at="_ingestion_timestamp" if "_ingestion_timestamp" in carried else "CAST(NULL AS TIMESTAMP)",
        file="_source_file" if "_source_file" in carried else "CAST(NULL AS STRING)",
        declared=f"element_at(map({types}), name), 'absent'",
    )
    return columns + (_VERSIONS.format(table=table) if contract.making.mode != "tag" else "")


def change_columns() -> tuple[PlannedColumn, ...]:
    """The columns of the table that records changes."""
    return tuple(PlannedColumn(name, sql, about) for name, (sql, about) in _ABOUT.items())
