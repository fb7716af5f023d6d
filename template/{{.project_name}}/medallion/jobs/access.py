"""Who sees what: mask functions before the pipelines run, SELECT withdrawn where a mask is missing, grants last.

Access opens only where every mask shows; stopping anywhere leaves less access, not more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import indent

from ..model.contract import Contract
from ..repair.replay_job import replay_tables_script
from ..repair.replay_sql import replay_columns
from ..sql.scripts import given, heading, quoted_name, quoted_text, run_text, script, text
from ..sql.statements import form, write
from ..sql.words import literal
from ..tables.from_contract import plan_tables
from ..tables.masks import MaskFunction, mask_functions
from ..tables.plan import TablePlan
from ..tables.replay import is_replayable, replay_name

PII_READERS = "pii_readers"

# The documentation and workspaces differ in the column names of this view, so they are read by key.
_UNMASKED = """\
classified AS (
    SELECT lower(schema_name) AS schema_name, table_name, column_name
    FROM VALUES
{rows}
        AS one(schema_name, table_name, column_name)
),
masks AS (
    SELECT lower(coalesce(f['table_schema'], f['schema_name'])) AS schema_name,
        lower(f['table_name']) AS table_name, lower(f['column_name']) AS column_name
    FROM (SELECT from_json(to_json(struct(*)), 'MAP<STRING, STRING>') AS f FROM information_schema.column_masks)
),
unmasked AS (
    SELECT DISTINCT schema_name, table_name
    FROM classified LEFT ANTI JOIN masks USING (schema_name, table_name, column_name)
)"""


def prepare_sql(contracts: Sequence[Contract]) -> str:
    """The text of `jobs/prepare.sql`: mask functions, then no SELECT where a classified column shows no mask."""
    return "\n".join(
        (
            heading(
                "Makes the mask functions and tables for replay; no SELECT where a classified column shows no mask."
            ),
            write("use catalog"),
            write("use schema", layer="silver"),
            "",
            _functions(mask_functions(contracts)),
            *replay_tables_script(contracts),
            *([script([_withdrawal(contracts)])] if classified_columns(contracts) else []),
        )
    )


def grants_script(contracts: Sequence[Contract]) -> str:
    """The last statement of `jobs/governance.sql`: one grant for each table and role, only where the masks show."""
    lost, given = _lost(contracts), _given(contracts)
    return script([*([_revokes(lost)] if lost else []), *([_grants(given, contracts)] if given else [])])


def roles(contracts: Iterable[Contract]) -> tuple[str, ...]:
    """Every role that a contract names, and pii_readers; the job hands over group_<role> for each."""
    return tuple(sorted({PII_READERS, *(role for contract in contracts for role in contract.governance.read)}))


def classified_columns(contracts: Iterable[Contract]) -> tuple[tuple[str, str, str], ...]:
    """Layer, table and column of everything that must carry a mask."""
    found: list[tuple[str, str, str]] = []
    for contract in contracts:
        if contract.source is None:
            found += [(contract.layer, contract.name, column.name) for column in contract.columns if column.is_masked]
        for plan in made_tables(contract):
            name = plan.name.rpartition(".")[2]
            found += [(contract.layer, name, column.name) for column in plan.columns if column.mask]
        if is_replayable(contract):
            masked = (column.name for column in replay_columns(contract, {}) if column.mask)
            found += [(contract.layer, replay_name(contract), name) for name in masked]
    return tuple(found)


def made_tables(contract: Contract) -> tuple[TablePlan, ...]:
    """The stored tables that a contract makes."""
    return tuple(plan for plan in plan_tables(contract, {}) if plan.is_stored)


def _functions(functions: Sequence[MaskFunction]) -> str:
    """Functions name the run-as identity and the group, so their text is put together from the parameters."""
    group = given(f"group_{PII_READERS}")
    may_see = f"""\
SET may_see = 'current_user() = ' || {quoted_text(given("run_as"))} ||
    CASE WHEN {group} = '' THEN ''
    ELSE ' OR is_account_group_member(' || {quoted_text(group)} || ')' END;"""
    made = [run_text(_function_text(function)) for function in functions]
    return script([may_see, *made], ["may_see"])


def _function_text(function: MaskFunction) -> str:
    mask = "CASE WHEN value IS NOT NULL THEN '***' END" if function.type == "STRING" else "NULL"
    written = form("create function", name=function.name, type=function.type, may_see="\0", mask=mask)
    before, after = written.split("\0")
    return f"{text(before)} || may_see || {text(after)}"


def _withdrawal(contracts: Sequence[Contract]) -> str:
    query = f"""\
WITH {_unmasked(contracts)}
SELECT DISTINCT p.table_schema AS schema_name, p.table_name AS table_name, p.grantee AS group_name
FROM information_schema.table_privileges AS p
JOIN unmasked ON lower(p.table_schema) = unmasked.schema_name AND lower(p.table_name) = unmasked.table_name
WHERE p.privilege_type = 'SELECT' AND p.inherited_from = 'NONE' AND p.grantee <> {given("run_as")}"""
    return _for_each("reader", query, "revoke")


def _unmasked(contracts: Sequence[Contract]) -> str:
    rows = [
        f"({given(layer)}, {literal(table.lower())}, {literal(column.lower())})"
        for layer, table, column in classified_columns(contracts)
    ]
    return _UNMASKED.format(rows=indent(",\n".join(rows), "        "))


def _lost(contracts: Sequence[Contract]) -> list[str]:
    known = roles(contracts)
    return [_access(contract, role) for contract in contracts for role in known if role not in contract.governance.read]


def _given(contracts: Sequence[Contract]) -> list[str]:
    return [_access(contract, role) for contract in contracts for role in contract.governance.read]


def _access(contract: Contract, role: str) -> str:
    group = given(f"group_{role}")
    return f"({given(contract.layer)}, {literal(contract.name)}, {group})"


def _revokes(lost: Sequence[str]) -> str:
    """Roles that may not read lose what they were granted before; this comes first, for two roles may be one group."""
    return _for_each("reader", _accesses(lost), "revoke")


def _grants(given: Sequence[str], contracts: Sequence[Contract]) -> str:
    query = _accesses(given)
    if classified_columns(contracts):
        query = (
            f"WITH {_unmasked(contracts)}\n{query}\n"
            "    AND NOT EXISTS (\n"
            "        SELECT 1 FROM unmasked\n"
            "        WHERE unmasked.schema_name = lower(access.schema_name)\n"
            "            AND unmasked.table_name = lower(access.table_name))"
        )
    return _for_each("reader", query, "grant")


def _accesses(rows: Sequence[str]) -> str:
    listed = indent(",\n".join(rows), "    ")
    return f"SELECT * FROM VALUES\n{listed}\n    AS access(schema_name, table_name, group_name)\nWHERE group_name <> ''"


def _for_each(row: str, query: str, statement: str) -> str:
    table = f"{quoted_name(f'{row}.schema_name')} || '.' || {quoted_name(f'{row}.table_name')}"
    expression = _put_together(statement, table=table, group=quoted_name(f"{row}.group_name"))
    return f"FOR {row} AS\n{indent(query, '    ')}\nDO\n{indent(run_text(expression), '    ')}\nEND FOR;"


def _put_together(name: str, /, **parts: str) -> str:
    """SQL for a statement's text; the parts are SQL expressions."""
    written = form(name, **{part: f"\0{expression}\0" for part, expression in parts.items()})
    pieces = written.split("\0")
    return " || ".join(piece if index % 2 else literal(piece) for index, piece in enumerate(pieces) if piece)
