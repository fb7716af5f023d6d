"""What is known about tables, registered after the pipelines: monitoring views, comments, tags; then grants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..model.contract import Contract
from ..repair.replay_job import open_rows_view
from ..sql.scripts import LAYERS, given, heading, run_text, script, text
from ..sql.statements import form, write
from ..sql.words import identifier, literal
from .access import grants_script
from .gates import CHECKS_TABLE, checks_table_statement
from .governance_facts import TableFacts, contract_facts
from .monitoring import monitoring_views

EVENT_LOGS = ("event_log_ingest", "event_log_gold")
Kinds = Mapping[str, str]


def governance_sql(contracts: Sequence[Contract], kinds: Kinds) -> str:
    """The text of `jobs/governance.sql`.

    `kinds` says of tables that SQL files make whether they are `materialized view`, `streaming table` or `view`.
    """
    return "\n".join(
        (
            heading("Monitoring views, comments and tags; then grants, only where the masks show."),
            write("use catalog"),
            write("use schema", layer="gold"),
            "",
            checks_table_statement(CHECKS_TABLE),
            "",
            _views(contracts),
            *_by_layer(contracts, lambda contract: [*_comments(contract), *_tags(contract, kinds)]),
            *([grants_script(contracts)] if contracts else []),
        )
    )


def _views(contracts: Sequence[Contract]) -> str:
    """A view's text cannot hold parameters, so the names of the event logs are put in."""
    queries = monitoring_views(contracts, [f"<{log}>" for log in EVENT_LOGS])
    made = [run_text(_with_event_logs(form("create view", name=name, query=one))) for name, one in queries.items()]
    return script([*made, *open_rows_view(contracts)])


def _with_event_logs(statement: str) -> str:
    expression = text(statement)
    for log in EVENT_LOGS:
        expression = f"replace({expression}, '<{log}>', {given(log)})"
    return expression


def _by_layer(contracts: Sequence[Contract], statements: Callable[[Contract], list[str]]) -> list[str]:
    lines = []
    for layer in LAYERS:
        made = [line for contract in contracts if contract.layer == layer for line in statements(contract)]
        lines += [write("use schema", layer=layer), *made, ""] if made else []
    return lines


def _comments(contract: Contract) -> list[str]:
    """Tables that a contract makes carry their comments in their definition; the others get them here."""
    if contract.source is not None:
        return []
    table = identifier(contract.name)
    about = contract.description
    lines = [write("comment on table", table=table, comment=literal(about))] if about else []
    return lines + [
        write("comment on column", table=table, column=identifier(column.name), comment=literal(column.description))
        for column in contract.columns
        if column.description
    ]


def _tags(contract: Contract, kinds: Kinds) -> list[str]:
    own = kinds.get(contract.table, "materialized view")
    return [line for facts in contract_facts(contract) for line in _table_tags(facts, own)]


def _table_tags(facts: TableFacts, own: str) -> list[str]:
    kind = facts.kind.replace("_", " ") if facts.kind else own
    name = identifier(facts.table)
    lines = [write(f"{kind} tags", table=name, tags=_tag_list(facts.tags))] if facts.tags else []
    return lines + [
        write(f"{kind} column tags", table=name, column=identifier(column), tags=_tag_list(tags))
        for column, tags in facts.column_tags.items()
    ]


def _tag_list(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{literal(key)} = {literal(value)}" for key, value in tags.items())
