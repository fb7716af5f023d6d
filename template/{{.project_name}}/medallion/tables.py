"""From a contract to the tables it makes. Pure: no session, no file, no clock."""

from __future__ import annotations

from collections.abc import Mapping

from .contract_model import SOURCE_COLUMN, Carried, Column, Contract, History
from .history import cdc_plan, sequence_select, version_columns
from .masks import masked_columns, source_type
from .quarantine import (
    ERRORS_TYPE,
    cast_columns,
    expectations,
    flagged_steps,
    judged_steps,
    quarantine_step,
    valid_step,
)
from .table_plan import FlowPlan, PlannedColumn, Role, TablePlan

MASK_LAYER = "silver"
_ABOUT_CARRIED = {
    "_row_id": "Identifies the row from bronze on.",
    "_source_file": "The file the row came from.",
    "_ingestion_timestamp": "When the row was read.",
    "_batch_id": "Identifies the delivered file and its modification time.",
    "_rescued_data": "What the stated schema had no place for.",
}


def plan_tables(contract: Contract, schemas: Mapping[str, str]) -> tuple[TablePlan, ...]:
    """The tables that a contract with `from` makes, in the order they depend on each other.

    `schemas` maps layers to schema names: `{"silver": "silver"}`. A contract without `from` makes none.
    """
    if contract.source is None:
        return ()
    planner = _Planner(contract, schemas)
    if contract.is_flagged:
        return (planner.flagged(),)
    if contract.history is None:
        return (planner.checked(), planner.quarantine(), planner.appended())
    return (
        planner.checked(),
        planner.quarantine(),
        planner.valid_view(contract.history),
        planner.kept(contract.history),
    )


class _Planner:
    """The plans of one contract; every method makes one."""

    def __init__(self, contract: Contract, schemas: Mapping[str, str]) -> None:
        self.contract = contract
        self.schemas = schemas
        self.masks = {name: self._in_layer(MASK_LAYER, one.name) for name, one in masked_columns(contract).items()}
        self.text_mask = self._in_layer(MASK_LAYER, "mask_text")
        self.properties = {"quality": contract.layer}

    def checked(self) -> TablePlan:
        name = f"{self.contract.name}_checked"
        dropped = [PlannedColumn("_dropped", "BOOLEAN", "A rule drops this row.")] if self._drops() else []
        errors = PlannedColumn("_errors", ERRORS_TYPE, "Why the row is quarantined; empty when it is valid.")
        return TablePlan(
            name=self._in_layer(self.contract.layer, name),
            kind="streaming_table",
            role="checked",
            comment=f"Every row of {self.contract.source} with its verdict; not for readers.",
            columns=(*self._typed(), *self._carried(), *self._source(), *dropped, errors),
            flows=(
                FlowPlan(
                    f"{name}_from_source", self._source_name(), judged_steps(self.contract), self._source_is_stored()
                ),
            ),
            expectations=expectations(self.contract),
            properties=self.properties,
        )

    def quarantine(self) -> TablePlan:
        name = f"{self.contract.name}_quarantine"
        errors = PlannedColumn("_errors", ERRORS_TYPE, "Every rule the row failed.")
        came = [
            PlannedColumn(one.name, "STRING", one.description, self.text_mask if one.is_masked else None)
            for one in self.contract.columns
        ]
        return self._from_checked(
            name,
            "quarantine",
            f"Rows that may not be in {self.contract.name}, as they came, with every reason.",
            (*came, errors, *self._carried()),
            FlowPlan(f"{name}_from_checked", "", (quarantine_step(self.contract),), True),
        )

    def appended(self) -> TablePlan:
        return self._from_checked(
            self.contract.name,
            "table",
            self._comment(),
            (*self._typed(), *self._carried()),
            FlowPlan(f"{self.contract.name}_from_checked", "", (valid_step(self.contract),), True),
        )

    def valid_view(self, history: History) -> TablePlan:
        name = f"{self.contract.name}_valid"
        step = valid_step(self.contract, sequence_select(history))
        return TablePlan(
            name=name,
            kind="temporary_view",
            role="valid",
            comment=f"The valid events of {self.contract.name}.",
            columns=(),
            flows=(FlowPlan(name, self._checked_name(), (step,), True),),
        )

    def kept(self, history: History) -> TablePlan:
        name = self._in_layer(self.contract.layer, self.contract.name)
        stored = [one for one in self._typed() if one.name not in history.not_stored]
        return TablePlan(
            name=name,
            kind="streaming_table",
            role="table",
            comment=self._comment(),
            columns=(*stored, *self._carried(), *version_columns(self.contract, history)),
            cdc=cdc_plan(self.contract, history, f"{self.contract.name}_valid"),
            properties=self.properties,
        )

    def flagged(self) -> TablePlan:
        name = self.contract.name
        errors = PlannedColumn("_validation_errors", ERRORS_TYPE, "Every rule the row failed; empty when it is valid.")
        is_valid = PlannedColumn("_is_valid", "BOOLEAN", "Whether the row fulfils every rule.")
        return TablePlan(
            name=self._in_layer(self.contract.layer, name),
            kind="streaming_table",
            role="table",
            comment=self._comment(),
            columns=(*self._typed(), *self._carried(), *self._source(), errors, is_valid),
            flows=(
                FlowPlan(
                    f"{name}_from_source", self._source_name(), flagged_steps(self.contract), self._source_is_stored()
                ),
            ),
            expectations=expectations(self.contract),
            properties=self.properties,
        )

    def _from_checked(
        self, name: str, role: Role, comment: str, columns: tuple[PlannedColumn, ...], flow: FlowPlan
    ) -> TablePlan:
        return TablePlan(
            name=self._in_layer(self.contract.layer, name),
            kind="streaming_table",
            role=role,
            comment=comment,
            columns=columns,
            flows=(FlowPlan(flow.name, self._checked_name(), flow.steps, flow.source_is_stored),),
            properties=self.properties,
        )

    def _typed(self) -> tuple[PlannedColumn, ...]:
        return tuple(self._typed_column(column) for column in self.contract.columns)

    def _typed_column(self, column: Column) -> PlannedColumn:
        return PlannedColumn(column.name, column.type.sql, column.description, self.masks.get(column.name))

    def _carried(self) -> tuple[PlannedColumn, ...]:
        return tuple(self._carried_column(carried) for carried in self.contract.carry)

    def _carried_column(self, carried: Carried) -> PlannedColumn:
        about = _ABOUT_CARRIED.get(carried.name)
        return PlannedColumn(carried.name, carried.type.sql, about, self.masks.get(carried.name))

    def _source(self) -> tuple[PlannedColumn, ...]:
        if not cast_columns(self.contract):
            return ()
        about = "The values that were cast, as they came."
        return (PlannedColumn(SOURCE_COLUMN, source_type(self.contract).sql, about, self.masks.get(SOURCE_COLUMN)),)

    def _drops(self) -> bool:
        return bool(self.contract.rules_that("drop"))

    def _comment(self) -> str:
        return self.contract.description or f"Made by {self.contract.path}."

    def _checked_name(self) -> str:
        return self._in_layer(self.contract.layer, f"{self.contract.name}_checked")

    def _source_name(self) -> str:
        layer, dot, name = str(self.contract.source).rpartition(".")
        return self._in_layer(layer, name) if dot else name

    def _source_is_stored(self) -> bool:
        return "." in str(self.contract.source)

    def _in_layer(self, layer: str, name: str) -> str:
        return f"{self.schemas.get(layer, layer)}.{name}"
