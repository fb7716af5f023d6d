"""The datasets of a decorated function: the contract's plans over all columns the function gives, whatever they are.

A contract file lists every column; a function returns what it returns. So the plans of `plan_tables` keep their
names, expectations and order, and each step passes on the columns nobody named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..model.contract import SOURCE_COLUMN, Contract, History
from ..model.lookups import CONTEXT
from ..rules.rule_names import COUNTING_RULE
from ..sql.words import identifier, literal
from ..tables.context import looking_rules
from ..tables.from_contract import plan_tables
from ..tables.history import sequence_select
from ..tables.plan import Expectations, FlowPlan, Step, TablePlan
from ..tables.quarantine import CHECKED_AT, VERSION, cast_columns, source_struct, typed_step
from .composing import Composed

_SCHEMA = "schema-of-this-dataset"


@dataclass(frozen=True)
class Names:
    """What the datasets are called: `schema` is None in the pipeline's own schema."""

    name: str
    schema: str | None = None

    def full(self, suffix: str = "") -> str:
        """A table of this dataset: `full("_quarantine")`."""
        return f"{self.schema}.{self.name}{suffix}" if self.schema else f"{self.name}{suffix}"


@dataclass(frozen=True)
class Planned:
    """`steps` judge the function's rows in the dataset that a decorator above declares, `expectations` count there.

    `plans` are the other datasets.
    """

    steps: tuple[Step, ...]
    plans: tuple[TablePlan, ...]
    expectations: Expectations


def alone(composed: Composed, names: Names, *, is_stream: bool) -> Planned:
    """Every dataset of a contract whose conformed view is the function."""
    plans = tuple(_opened(plan, composed) for plan in _plans(composed))
    renamed = tuple(_renamed(plan, composed.contract.layer, lambda text: _located(text, names)) for plan in plans)
    return Planned((), _as_flows(renamed, composed.contract, is_stream=is_stream), Expectations())


def beside(composed: Composed, names: Names, *, is_stream: bool) -> Planned:
    """The datasets beside the one that holds the checked rows, which a decorator above declares."""
    contract = composed.contract
    judged, *others = (_opened(plan, composed) for plan in _plans(composed))
    steps, counted = judged.flows[0].steps, judged.expectations
    if not contract.is_one_table and not contract.rules_that("quarantine", "drop", "tag"):
        warn = {name: condition for name, condition in counted.warn.items() if name != COUNTING_RULE}
        return Planned(steps[:1], (), replace(counted, warn=warn))
    own = f"{_SCHEMA}.{names.name}"
    called = {f"{own}_checked": names.full(), own: names.full("_history")}
    kept = (plan for plan in others if _is_beside(plan, contract))
    renamed = tuple(
        _renamed(plan, contract.layer, lambda text: called.get(text) or _located(text, names)) for plan in kept
    )
    judging = _relocated(steps, lambda text: _located(text, names))
    return Planned(judging, _as_flows(renamed, contract, is_stream=is_stream), counted)


def _is_beside(plan: TablePlan, contract: Contract) -> bool:
    """Whether rows go there: valid ones stay in the function's own dataset, unless they become a history."""
    if plan.role == "quarantine":
        return bool(contract.rules_that("quarantine"))
    return plan.role != "table" or plan.cdc is not None


def _plans(composed: Composed) -> tuple[TablePlan, ...]:
    return plan_tables(composed.contract, {composed.contract.layer: _SCHEMA})


def _located(text: str, names: Names) -> str:
    return text.replace(f"{_SCHEMA}.", f"{names.schema}." if names.schema else "")


def _renamed(plan: TablePlan, layer: str, name_of: Callable[[str], str]) -> TablePlan:
    """The plan under other names; its flows say the layer, because two layers may have a table of one name."""
    flows = tuple(
        replace(flow, source=name_of(flow.source), name=f"{layer}_{flow.name}", steps=_relocated(flow.steps, name_of))
        for flow in plan.flows
    )
    cdc = replace(plan.cdc, name=f"{layer}_{plan.cdc.name}") if plan.cdc else None
    return replace(plan, name=name_of(plan.name), flows=flows, cdc=cdc)


def _relocated(steps: tuple[Step, ...], name_of: Callable[[str], str]) -> tuple[Step, ...]:
    return tuple(
        replace(step, joins=tuple(replace(join, table=name_of(join.table)) for join in step.joins)) for step in steps
    )


def _opened(plan: TablePlan, composed: Composed) -> TablePlan:
    """The plan without a column list, its steps over whatever columns there are."""
    flows = tuple(replace(flow, steps=_open_steps(plan, flow, composed)) for flow in plan.flows[:1])
    return replace(plan, columns=(), flows=flows)


def _open_steps(plan: TablePlan, flow: FlowPlan, composed: Composed) -> tuple[Step, ...]:
    contract = composed.contract
    if plan.role == "quarantine":
        return (replace(flow.steps[0], select=_as_it_came(contract)),)
    if plan.role == "valid" or (plan.role == "table" and not contract.is_one_table):
        return (replace(flow.steps[0], select=_valid(contract, contract.history)),)
    return (_typed(composed), *flow.steps[1:])


def _typed(composed: Composed) -> Step:
    """The columns with a type as that type, all others as the function gives them."""
    contract = composed.contract
    typed = dict(zip((one.name for one in contract.columns), typed_step(contract).select, strict=False))
    cast = [name for name in typed if name not in composed.untouched]
    source = (f"{source_struct(contract)} AS {SOURCE_COLUMN}",) if cast_columns(contract) else ()
    return Step((_all_but(cast), *(typed[name] for name in cast), *source))


def _as_it_came(contract: Contract) -> tuple[str, ...]:
    changed = [column.name for column in cast_columns(contract)]
    came = (f"{SOURCE_COLUMN}.{identifier(name)} AS {identifier(name)}" for name in changed)
    return (_all_but([*changed, *_helpers(contract)]), *came)


def _valid(contract: Contract, history: History | None) -> tuple[str, ...]:
    left_out = ["_errors", *_helpers(contract), CHECKED_AT, VERSION]
    return (_all_but(left_out), *(sequence_select(history) if history else ()))


def _helpers(contract: Contract) -> list[str]:
    there = {
        SOURCE_COLUMN: cast_columns(contract),
        CONTEXT: looking_rules(contract),
        "_dropped": contract.rules_that("drop"),
    }
    return [name for name, reason in there.items() if reason]


def _all_but(names: list[str]) -> str:
    return f"* EXCEPT ({', '.join(identifier(name) for name in names)})" if names else "*"


def _as_flows(plans: tuple[TablePlan, ...], contract: Contract, *, is_stream: bool) -> tuple[TablePlan, ...]:
    """The plans as they are for a stream; of a batch every dataset but a history is a materialized view."""
    if is_stream:
        return plans
    return tuple(_of_batch(plan, contract) for plan in plans)


def _of_batch(plan: TablePlan, contract: Contract) -> TablePlan:
    flows = tuple(replace(flow, is_batch=True) for flow in plan.flows)
    if plan.role == "valid" and contract.history is not None:
        flows = tuple(replace(flow, steps=_whole_or_not(flow.steps[0], contract)) for flow in flows)
    kind = "materialized_view" if plan.kind == "streaming_table" and plan.cdc is None else plan.kind
    return replace(plan, kind=kind, flows=flows)


def _whole_or_not(valid: Step, contract: Contract) -> tuple[Step, ...]:
    """A snapshot that lacks a quarantined row would end its version: such a snapshot is refused whole."""
    why = literal(f"rows of {contract.table} are quarantined; their keys would look deleted, so the history stays")
    kept = "NOT _dropped AND " if contract.rules_that("drop") else ""
    return (replace(valid, where=f"{kept}assert_true(_errors IS NULL, {why}) IS NULL"),)
