"""What a contract makes, as plain pipeline SQL: the same names, expressions and flows as the Python form."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent

from ..model.contract import Contract
from ..sql.words import identifier, literal
from .from_contract import plan_tables
from .plan import CdcPlan, FlowPlan, TablePlan
from .step_sql import steps_sql

PARAMETERS: Mapping[str, str] = {layer: f"${{{layer}}}" for layer in ("bronze", "silver", "gold")}


def render_sql(contract: Contract, schemas: Mapping[str, str] = PARAMETERS) -> str:
    """Every statement of a contract, in order; empty for a contract without `from`."""
    return "\n".join(render_table(plan) for plan in plan_tables(contract, schemas))


def render_files(contract: Contract) -> Mapping[str, str]:
    """The same as files of a project: path to text, one dataset each."""
    plans = plan_tables(contract, PARAMETERS)
    folder = f"sql/{contract.layer}"
    note = f"-- Written once from {contract.path}; edit it here from now on.\n"
    return {f"{folder}/{plan.name.rpartition('.')[2]}.sql": note + render_table(plan) for plan in plans}


def render_table(plan: TablePlan) -> str:
    """The statements of one planned table or view."""
    if plan.kind == "temporary_view":
        return f"CREATE TEMPORARY VIEW {plan.name}\nCOMMENT {literal(plan.comment)}\nAS {_query(plan.flows[0])};\n"
    if plan.kind == "materialized_view":
        return _create_table(plan, "MATERIALIZED VIEW", f"AS {_query(plan.flows[0])}")
    statements = [_create_table(plan, "STREAMING TABLE"), *(_create_flow(plan, flow) for flow in plan.flows)]
    if plan.cdc is not None:
        statements.append(_auto_cdc(plan.name, plan.cdc))
    return "\n".join(statements)


def _create_flow(plan: TablePlan, flow: FlowPlan) -> str:
    once = "ONCE " if flow.once else ""
    return f"CREATE FLOW {flow.name}\nAS INSERT INTO {once}{plan.name} BY NAME\n{_query(flow)};\n"


def _create_table(plan: TablePlan, kind: str, query: str = "") -> str:
    lines = [column.ddl for column in plan.columns] + _constraints(plan)
    properties = ", ".join(f"{literal(name)} = {literal(value)}" for name, value in plan.properties.items())
    listed = indent(",\n".join(lines), "    ")
    body = f" (\n{listed}\n)" if lines else ""
    return (
        f"CREATE OR REFRESH {kind} {plan.name}{body}\n"
        f"COMMENT {literal(plan.comment)}\nTBLPROPERTIES ({properties})" + (f"\n{query};\n" if query else ";\n")
    )


def _constraints(plan: TablePlan) -> list[str]:
    actions = {
        "": plan.expectations.warn,
        " ON VIOLATION DROP ROW": plan.expectations.drop,
        " ON VIOLATION FAIL UPDATE": plan.expectations.fail,
    }
    return [
        f"CONSTRAINT {name} EXPECT ({condition}){action}"
        for action, conditions in actions.items()
        for name, condition in conditions.items()
    ]


def _query(flow: FlowPlan) -> str:
    if flow.query:
        return flow.query
    stream = f"STREAM({flow.source})" + (" WITH (SKIPCHANGECOMMITS)" if flow.source_is_stored else "")
    return steps_sql(flow.steps, flow.source if flow.is_batch else stream)


def _auto_cdc(target: str, cdc: CdcPlan) -> str:
    clauses = [
        f"CREATE FLOW {cdc.name}",
        f"AS AUTO CDC INTO {target}",
        f"FROM STREAM({cdc.source})",
        f"KEYS ({_names(cdc.keys)})",
        f"APPLY AS DELETE WHEN {cdc.delete_when}" if cdc.delete_when else "",
        f"APPLY AS TRUNCATE WHEN {cdc.truncate_when}" if cdc.truncate_when else "",
        f"SEQUENCE BY {identifier(cdc.sequence_by)}",
        f"COLUMNS * EXCEPT ({_names(cdc.except_columns)})" if cdc.except_columns else "",
        f"STORED AS SCD TYPE {cdc.scd_type}",
        f"TRACK HISTORY ON {_names(cdc.track_history)}" if cdc.track_history else "",
    ]
    return "\n".join(clause for clause in clauses if clause) + ";\n"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(identifier(name) for name in names)
