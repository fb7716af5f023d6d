"""Rules that look around: left joins and a window find what they need, `_context` keeps it beside the row.

`_context` is a struct with one BOOLEAN for each such rule, never NULL. Conditions read it like any column, so that
expectations, reasons and tags come from one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..model.contract import Contract, Rule
from ..model.lookups import CONTEXT, Accepted, First, Reference
from ..rules.kinds import table_mark
from ..sql.column_types import ColumnType
from ..sql.words import identifier, literal
from .plan import JOINED, Join, Step

FIRST_BY = ("_ingestion_timestamp", "_source_file", "_row_id")
SNAPSHOTS = "_snapshots"


def looking_rules(contract: Contract) -> tuple[Rule, ...]:
    """The rules whose verdict stands in `_context`."""
    return tuple(rule for rule in contract.rules if rule.lookup is not None)


def context_type(contract: Contract) -> str:
    """The type of `_context`."""
    return f"STRUCT<{', '.join(f'{identifier(rule.name)}: BOOLEAN' for rule in looking_rules(contract))}>"


def context_steps(contract: Contract) -> tuple[Step, ...]:
    """The step that adds `_context`; none where every rule depends on the row alone."""
    rules = looking_rules(contract)
    if not rules:
        return ()
    found = ", ".join(f"{literal(rule.name)}, {_found(contract, rule)}" for rule in rules)
    joins = tuple(_join(contract, rule) for rule in rules if not isinstance(rule.lookup, First))
    star = f"{JOINED}.*" if joins else "*"
    return (Step((star, f"named_struct({found}) AS {CONTEXT}"), joins=joins),)


def column_types(contract: Contract) -> Mapping[str, ColumnType]:
    """The types of every column of the contract, metadata included."""
    columns = {column.name: column.type for column in contract.columns}
    return columns | {carried.name: carried.type for carried in contract.carry}


def type_of(contract: Contract, name: str) -> ColumnType:
    """The type of a column of the contract, or of its metadata, in whatever case it is named."""
    return {known.lower(): found for known, found in column_types(contract).items()}[name.lower()]


def _found(contract: Contract, rule: Rule) -> str:
    lookup = rule.lookup
    if isinstance(lookup, First):
        return _is_first(contract, lookup)
    if isinstance(lookup, Reference):
        known = f"{_alias(rule)} IS NOT NULL"
        return known if lookup.needs_value else f"({identifier(lookup.column)} IS NULL OR {known})"
    return f"{_alias(rule)} IS NOT NULL"


def _is_first(contract: Contract, lookup: First) -> str:
    names = [identifier(name) for name in lookup.columns]
    order = ", ".join(name for name in FIRST_BY if name in {carried.name for carried in contract.carry})
    parts = ", ".join([*names, *([lookup.where] if lookup.where else [])])
    number = f"row_number() OVER (PARTITION BY {parts} ORDER BY {order}) = 1"
    return number if lookup.nulls_are_equal else f"({_any_null(names)} OR {number})"


def _any_null(names: Iterable[str]) -> str:
    return " OR ".join(f"{name} IS NULL" for name in names)


def _join(contract: Contract, rule: Rule) -> Join:
    lookup, alias = rule.lookup, _alias(rule)
    if isinstance(lookup, Reference):
        own = type_of(contract, lookup.column).sql
        select = (f"try_cast({identifier(lookup.other_column)} AS {own}) AS {alias}",)
        return Join(table_mark(lookup.table), select, f"{JOINED}.{identifier(lookup.column)} = {alias}")
    column = lookup.column if isinstance(lookup, Accepted) else ""
    select = (f"CASE WHEN is_accepted THEN snapshot END AS {alias}",)
    table = table_mark(f"{contract.layer}.{contract.name}{SNAPSHOTS}")
    return Join(table, select, f"{JOINED}.{identifier(column)} = {alias}")


def _alias(rule: Rule) -> str:
    return f"__{rule.name}"
