"""From a contract to the tables it makes. Pure: no session, no file, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..contracts.evolution_rules import records_changes
from ..model.contract import Contract, History
from .columns import MASK_LAYER, Columns, PlannedColumns
from .evolution import change_columns, changes_name, changes_query
from .expectations import expectations
from .history import cdc_plan, sequence_select, version_columns
from .marks import resolved
from .plan import Expectations, FlowPlan, Role, Step, TablePlan
from .quarantine import flagged_steps, judged_steps, quarantine_step, tagged_steps, valid_step, verdict_steps
from .replay import replay_flows
from .snapshots import snapshot_columns, snapshots_name, snapshots_query, version_bounds, versions_query

NOT_COUNTED = Expectations()


def plan_tables(contract: Contract, schemas: Mapping[str, str]) -> tuple[TablePlan, ...]:
    """The tables that a contract with `from` makes, in the order they depend on each other.

    `schemas` maps layers to schema names: `{"silver": "silver"}`. A contract without `from` makes none.
    """
    if contract.source is None:
        return ()
    planner = _Planner(contract, schemas)
    recorded = (planner.schema_changes(),) if records_changes(contract) else ()
    return (*_made(planner, contract), *recorded)


def _made(planner: _Planner, contract: Contract) -> tuple[TablePlan, ...]:
    if contract.is_one_table:
        return (planner.one_table(),)
    judged = planner.checked() if contract.making.stores_verdict else planner.judged_view()
    if contract.history is None:
        return (judged, planner.quarantine(), planner.appended())
    if contract.has_snapshots:
        snapshots = planner.snapshots(contract.history)
        return (snapshots, judged, planner.quarantine(), planner.snapshot_versions(contract.history))
    return (judged, planner.quarantine(), planner.valid_view(contract.history), planner.kept(contract.history))


class _Planner:
    """The plans of one contract; every method makes one."""

    def __init__(self, contract: Contract, schemas: Mapping[str, str]) -> None:
        self.contract = contract
        self.schemas = schemas
        self.kind = contract.table_kind
        self.is_batch = self.kind == "materialized_view"
        self.columns = PlannedColumns(contract, self._schema(MASK_LAYER))
        self.properties = {"quality": contract.layer}

    def checked(self) -> TablePlan:
        verdict = resolved(verdict_steps(self.contract), self._named)
        replayed = replay_flows(self.contract, self._schema(self.contract.layer), verdict)
        return self._table(
            f"{self.contract.name}_checked",
            "checked",
            f"Every row of {' and '.join(self.contract.sources)} with its verdict; not for readers.",
            self.columns.checked(),
            (*self._source_flows(f"{self.contract.name}_checked", judged_steps(self.contract)), *replayed),
            expectations(self.contract),
        )

    def judged_view(self) -> TablePlan:
        name = f"{self.contract.name}_judged"
        flow = FlowPlan(name, self._named(str(self.contract.source)), judged_steps(self.contract), self._is_stored())
        comment = f"Every row of {self.contract.source} with its verdict."
        return TablePlan(name, "temporary_view", "judged", comment, columns=(), flows=(flow,))

    def quarantine(self) -> TablePlan:
        name = f"{self.contract.name}_quarantine"
        return self._table(
            name,
            "quarantine",
            f"Rows that may not be in {self.contract.name}, as they came, with every reason.",
            self.columns.quarantine(),
            (self._from_judged(f"{name}_from_checked", quarantine_step(self.contract)),),
            NOT_COUNTED if self.contract.making.stores_verdict else expectations(self.contract),
        )

    def appended(self) -> TablePlan:
        return self._table(
            self.contract.name,
            "table",
            self._comment(),
            (*self.columns.typed(), *self.columns.carried(), *self.columns.beside()),
            (self._from_judged(f"{self.contract.name}_from_checked", valid_step(self.contract)),),
        )

    def valid_view(self, history: History) -> TablePlan:
        name = f"{self.contract.name}_valid"
        flow = self._from_judged(name, valid_step(self.contract, sequence_select(history)))
        comment = f"The valid events of {self.contract.name}."
        return TablePlan(name, "temporary_view", "valid", comment, columns=(), flows=(flow,))

    def kept(self, history: History) -> TablePlan:
        stored = [one for one in self.columns.typed() if one.name not in history.not_stored]
        bounds = version_columns(self.contract, history)
        return TablePlan(
            name=self._in_layer(self.contract.layer, self.contract.name),
            kind="streaming_table",
            role="table",
            comment=self._comment(),
            columns=(*stored, *self.columns.carried(), *self.columns.beside(), *bounds),
            cdc=cdc_plan(self.contract, history, f"{self.contract.name}_valid"),
            properties=self.properties,
        )

    def snapshots(self, history: History) -> TablePlan:
        name = snapshots_name(self.contract)
        source = self._named(str(self.contract.source))
        return self._table(
            name,
            "snapshots",
            f"Every snapshot of {self.contract.name}, and whether it is believed.",
            snapshot_columns(self.contract, history),
            (FlowPlan(name, source, (), False, is_batch=True, query=snapshots_query(self.contract, history, source)),),
        )

    def snapshot_versions(self, history: History) -> TablePlan:
        stored = [one for one in self.columns.typed() if one.name not in history.not_stored]
        bounds = version_bounds(self.contract, history)
        columns = (*stored, *self.columns.carried(), *self.columns.beside(), *bounds)
        layer, name = self.contract.layer, self.contract.name
        checked, snapshots = (self._in_layer(layer, one) for one in (f"{name}_checked", snapshots_name(self.contract)))
        query = versions_query(self.contract, history, checked, snapshots, [column.name for column in columns])
        flow = FlowPlan(f"{name}_from_checked", checked, (), False, is_batch=True, query=query)
        return self._table(name, "table", self._comment(), columns, (flow,))

    def schema_changes(self) -> TablePlan:
        name = changes_name(self.contract)
        source = self._in_layer(self.contract.layer, self.contract.counted_in)
        flow = FlowPlan(name, source, (), False, is_batch=True, query=changes_query(self.contract, source))
        comment = f"What the source of {self.contract.name} brought that its contract does not have."
        plan = self._table(name, "schema_changes", comment, change_columns(), (flow,))
        return replace(plan, kind="materialized_view")

    def one_table(self) -> TablePlan:
        name = self.contract.name
        steps = flagged_steps(self.contract) if self.contract.is_flagged else tagged_steps(self.contract)
        flows = self._source_flows(name, steps)
        columns, counted = self.columns.one_table(), expectations(self.contract)
        return self._table(name, "table", self._comment(), columns, flows, counted)

    def _table(
        self,
        name: str,
        role: Role,
        comment: str,
        columns: Columns,
        flows: tuple[FlowPlan, ...],
        counted: Expectations = NOT_COUNTED,
    ) -> TablePlan:
        return TablePlan(
            name=self._in_layer(self.contract.layer, name),
            kind=self.kind,
            role=role,
            comment=comment,
            columns=columns,
            flows=flows,
            expectations=counted,
            properties=self.properties,
        )

    def _source_flows(self, name: str, steps: tuple[Step, ...]) -> tuple[FlowPlan, ...]:
        """One flow for each source. The first is called the same with one source and with several."""
        judged = resolved(steps, self._named)
        first, *further = self.contract.sources
        named = {f"{name}_from_source": first}
        named |= {f"{name}_also_from_{source.replace('.', '_')}": source for source in further}
        flows = [
            FlowPlan(flow, self._named(source), judged, "." in source, is_batch=self.is_batch)
            for flow, source in named.items()
        ]
        backfill = self.contract.making.backfill
        if backfill:
            once = FlowPlan(
                f"{name}_backfill", self._named(backfill), judged, "." in backfill, is_batch=True, once=True
            )
            flows.append(once)
        return tuple(flows)

    def _from_judged(self, name: str, step: Step) -> FlowPlan:
        """A flow out of `_checked`, or in the copy-free form out of the view that judges."""
        if not self.contract.making.stores_verdict:
            return FlowPlan(name, f"{self.contract.name}_judged", (step,), source_is_stored=False)
        checked = self._in_layer(self.contract.layer, f"{self.contract.name}_checked")
        return FlowPlan(name, checked, (step,), source_is_stored=True, is_batch=self.is_batch)

    def _comment(self) -> str:
        return self.contract.description or f"Made by {self.contract.path}."

    def _named(self, source: str) -> str:
        layer, dot, name = source.rpartition(".")
        return self._in_layer(layer, name) if dot else name

    def _is_stored(self) -> bool:
        return "." in str(self.contract.source)

    def _in_layer(self, layer: str, name: str) -> str:
        return f"{self._schema(layer)}.{name}"

    def _schema(self, layer: str) -> str:
        return self.schemas.get(layer, layer)
