"""The columns of the tables that a contract makes, with types, comments and masks."""

from __future__ import annotations

from ..contracts.evolution_rules import EXTRA_TYPE
from ..model.contract import SOURCE_COLUMN, Carried, Column, Contract
from ..model.lookups import CONTEXT
from .context import context_type, looking_rules
from .evolution import EXTRA, takes_in
from .masks import masked_columns, source_type
from .plan import PlannedColumn
from .quarantine import CHECKED_AT, ERRORS_TYPE, FAILED, TAGS, VERSION, cast_columns, tagging_rules
from .replay import ATTEMPT, is_replayable

MASK_LAYER = "silver"
Columns = tuple[PlannedColumn, ...]
_ABOUT_CARRIED = {
    "_row_id": "Identifies the row from bronze on.",
    "_source_file": "The file the row came from.",
    "_ingestion_timestamp": "When the row was read.",
    "_batch_id": "Identifies the delivered file and its modification time.",
    "_rescued_data": "What the stated schema had no place for.",
}


class PlannedColumns:
    """Column lists of one contract; `mask_schema` is where its mask functions are."""

    def __init__(self, contract: Contract, mask_schema: str) -> None:
        self.contract = contract
        self.masks = {name: f"{mask_schema}.{one.name}" for name, one in masked_columns(contract).items()}
        self.text_mask = f"{mask_schema}.mask_text"

    def checked(self) -> Columns:
        """Typed values, metadata, values as they came, the verdict."""
        dropped = [PlannedColumn("_dropped", "BOOLEAN", "A rule drops this row.")]
        errors = PlannedColumn("_errors", ERRORS_TYPE, "Why the row is quarantined; empty when it is valid.")
        return (
            *(*self.typed(), *self.carried(), *self._source(), *self._attempt(), *self._context()),
            *(dropped if self.contract.rules_that("drop") else []),
            *(*self.beside(), errors, *self._when_and_by_what()),
        )

    def quarantine(self) -> Columns:
        """Values as they came, the reasons, metadata."""
        came = [
            PlannedColumn(one.name, "STRING", one.description, self.text_mask if one.is_masked else None)
            for one in self.contract.columns
        ]
        errors = PlannedColumn("_errors", ERRORS_TYPE, "Every rule the row failed.")
        failed = PlannedColumn(FAILED, "ARRAY<STRING>", "Every rule the row failed, those that only warn too.")
        return (
            *(*came, errors),
            *([] if self.contract.making.stores_verdict else [failed]),
            *(*self.carried(), *self._attempt(), *self._when_and_by_what()),
        )

    def one_table(self) -> Columns:
        """Every row, told apart by `_is_valid` or by `_tags`."""
        errors = PlannedColumn("_validation_errors", ERRORS_TYPE, "Every rule the row failed; empty when it is valid.")
        is_valid = PlannedColumn("_is_valid", "BOOLEAN", "Whether the row fulfils every rule.")
        verdict = (errors, *self._when_and_by_what(), is_valid) if self.contract.is_flagged else ()
        return (*self.typed(), *self.carried(), *self._source(), *self._context(), *self.beside(), *verdict)

    def typed(self) -> Columns:
        """The contract's columns in their types."""
        return tuple(self._typed_column(column) for column in self.contract.columns)

    def carried(self) -> Columns:
        """The metadata columns that go along."""
        return tuple(self._carried_column(carried) for carried in self.contract.carry)

    def beside(self) -> Columns:
        """`_extra` where new columns of the source are taken in, `_tags` where a rule tags."""
        about = "Columns of the source that the contract does not have, by their names there."
        extra = (PlannedColumn(EXTRA, EXTRA_TYPE, about, self.masks.get(EXTRA)),) if takes_in(self.contract) else ()
        return (*extra, *self._tags())

    def _tags(self) -> Columns:
        is_there = tagging_rules(self.contract) or self.contract.making.mode == "tag"
        return (
            (PlannedColumn(TAGS, "ARRAY<STRING>", "The rules that tag this row; empty when none does."),)
            if is_there
            else ()
        )

    def _typed_column(self, column: Column) -> PlannedColumn:
        return PlannedColumn(column.name, column.type.sql, column.description, self.masks.get(column.name))

    def _carried_column(self, carried: Carried) -> PlannedColumn:
        about = _ABOUT_CARRIED.get(carried.name)
        return PlannedColumn(carried.name, carried.type.sql, about, self.masks.get(carried.name))

    def _source(self) -> Columns:
        if not cast_columns(self.contract):
            return ()
        about = "The values that were cast, as they came."
        return (PlannedColumn(SOURCE_COLUMN, source_type(self.contract).sql, about, self.masks.get(SOURCE_COLUMN)),)

    def _context(self) -> Columns:
        if not looking_rules(self.contract):
            return ()
        about = "For each rule that looks around, whether it held when the row was judged."
        return (PlannedColumn(CONTEXT, context_type(self.contract), about),)

    def _attempt(self) -> Columns:
        about = "0 as it came from the source, then counted by replay."
        return (PlannedColumn(ATTEMPT, "INT", about),) if is_replayable(self.contract) else ()

    def _when_and_by_what(self) -> Columns:
        return (
            PlannedColumn(CHECKED_AT, "TIMESTAMP", "When the verdict was made."),
            PlannedColumn(VERSION, "STRING", "The contract that made it: its version, and a hash of its rules."),
        )
