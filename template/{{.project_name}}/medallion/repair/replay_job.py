"""The job's SQL for replay: `<table>_replay` made and kept in step, open rows inserted, judged rows removed.

Names of schemas come from parameters, so statements are put together from their texts and these names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import indent

from ..model.contract import Contract
from ..rules.kinds import table_mark
from ..sql.scripts import given, heading, quoted_name, run_text, script, text
from ..sql.statements import form, write
from ..sql.words import identifier, literal
from ..tables.columns import MASK_LAYER
from ..tables.plan import PlannedColumn
from ..tables.replay import is_replayable, replay_name
from .corrections import Correction
from .replay_sql import (
    changed_query,
    marks,
    open_by_rule_query,
    replay_columns,
    replay_query,
    settle_statement,
    to_replay_query,
)

_MARK = re.compile(r"\[\[(\w+)\.([^\]]+)\]\]")


@dataclass(frozen=True)
class Replays:
    """What replay needs to know beside the contracts, by table: conformed queries as batches, and corrections.

    A table without a query cannot be replayed; the command says why.
    """

    conformed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    corrections: Mapping[str, Sequence[Correction]] = field(default_factory=dict)


def replay_tables_script(contracts: Sequence[Contract]) -> list[str]:
    """The part of `jobs/prepare.sql` that makes every `<table>_replay` and adds columns that a contract has gained."""
    made = [contract for contract in contracts if is_replayable(contract)]
    if not made:
        return []
    return [script([*map(_create, made), _added_columns(made)])]


def open_rows_view(contracts: Sequence[Contract]) -> list[str]:
    """The statement of `jobs/governance.sql` that makes the view `quarantine_open`: open rows by rule and file."""
    queries = [open_by_rule_query(contract) for contract in contracts if is_replayable(contract)]
    if not queries:
        return []
    return [run_text(_named(form("create view", name="quarantine_open", query="\nUNION ALL\n".join(queries))))]


def replay_sql_file(contracts: Sequence[Contract], replays: Replays) -> str:
    """The text of `jobs/replay.sql`: the open rows of the table `:dataset` into its `_replay`, each once."""

    def insert(contract: Contract) -> str:
        fixes = replays.corrections.get(contract.table, ())
        present = replay_query(contract, replays.conformed[contract.table], fixes, to_replay_query(contract))
        rows = changed_query(contract, present)
        return "\n".join(
            run_text(_named(statement))
            for statement in (
                settle_statement(contract),
                form("insert by name", table=marks(contract)["replay"], query=rows),
            )
        )

    about = "Inserts open rows of :dataset whose verdict has changed into its _replay table, each once."
    return _file(about, [one for one in contracts if one.table in replays.conformed], insert)


def replay_done_file(contracts: Sequence[Contract], replays: Replays) -> str:
    """The text of `jobs/replay_done.sql`: what the pipeline has judged leaves `_replay`."""
    about = "Removes from the _replay table of :dataset what the pipeline has judged."
    chosen = [one for one in contracts if one.table in replays.conformed]
    return _file(about, chosen, lambda contract: run_text(_named(settle_statement(contract))))


def _file(about: str, contracts: Sequence[Contract], body: Callable[[Contract], str]) -> str:
    unknown = f"{given('dataset')} || ' has no rows that can be replayed'"
    refusal = f"SELECT raise_error({unknown});"
    branches = [f"{given('dataset')} = {literal(one.table)} THEN\n{indent(body(one), '    ')}" for one in contracts]
    if branches:
        refusal = "IF " + "\nELSEIF ".join(branches) + f"\nELSE\n    {refusal}\nEND IF;"
    return "\n".join((heading(about), write("use catalog"), "", script([refusal])))


def _create(contract: Contract) -> str:
    columns = ", ".join(column.ddl for column in _columns(contract))
    comment = literal(f"Rows of {contract.table} that wait to be judged again; empty between replays.")
    return run_text(_named(form("create table", table=marks(contract)["replay"], columns=columns, comment=comment)))


def _added_columns(contracts: Sequence[Contract]) -> str:
    rows = [
        f"({given(contract.layer)}, {literal(replay_name(contract).lower())}, {literal(column.name.lower())}, "
        f"{_named(column.ddl)})"
        for contract in contracts
        for column in _columns(contract)
    ]
    listed = indent(",\n".join(rows), "    ")
    query = f"""\
SELECT wanted.schema_name, wanted.table_name, wanted.definition
FROM VALUES
{listed}
    AS wanted(schema_name, table_name, column_name, definition)
LEFT ANTI JOIN information_schema.columns AS there
    ON there.table_schema = lower(wanted.schema_name) AND lower(there.table_name) = wanted.table_name
    AND lower(there.column_name) = wanted.column_name"""
    table = f"{quoted_name('missing.schema_name')} || '.' || {quoted_name('missing.table_name')}"
    before, between, after = form("add column", table="\0", definition="\0").split("\0")
    statement = f"{literal(before)} || {table} || {literal(between)} || missing.definition || {literal(after)}"
    return f"FOR missing AS\n{indent(query, '    ')}\nDO\n{indent(run_text(statement), '    ')}\nEND FOR;"


def _columns(contract: Contract) -> list[PlannedColumn]:
    """The columns of `_replay`, mask functions by mark."""
    return [
        replace(one, mask=table_mark(f"{MASK_LAYER}.{one.mask.rpartition('.')[2]}")) if one.mask else one
        for one in replay_columns(contract, {})
    ]


def _named(statement: str) -> str:
    """SQL for the statement's text with every mark replaced by a name in its schema."""
    pieces = _MARK.split(statement)
    parts = [text(pieces[0])]
    for layer, table, following in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        parts += [quoted_name(given(layer)), text(f".{identifier(table)}{following}")]
    return " || ".join(part for part in parts if part != "''")
