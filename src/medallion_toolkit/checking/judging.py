"""The SQL that judges rows by a contract: one query for all counts, one for examples.

Values are taken as they came (`_source`, text columns) and typed as the contract says, so a rule or type that has
changed is asked of the same values; a type that has not changed keeps the value that was stored. What rules look up
in other rows and tables (`_context`) is looked up again, as those are now.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from medallion_toolkit.checking.rows import ROW, ROW_ID, SOURCE, Rows, plain_type
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.python.helper_contract import Carried, Column, ColumnType, Contract, Rule


class Package(Protocol):
    """SQL that the project's own helper package writes."""

    def typed(self, source: str, column_type: ColumnType, date_format: str | None) -> str: ...
    def came(self, column: Column, source: str) -> str: ...
    def looking_around(self, contract: Contract, rows: str) -> str: ...


@dataclass(frozen=True)
class Side:
    """One contract over some rows; `package` gives the SQL of values and of rules that look around, `other` is the
    contract that it is compared with."""

    name: str
    contract: Contract
    rows: Rows
    package: Package
    other: Contract | None = None

    @cached_property
    def missing(self) -> frozenset[str]:
        """Columns that the contract has and the rows do not."""
        wanted = [*(one.name for one in self.contract.columns), *(one.name for one in self.contract.carry)]
        nested = [one.name for one in self.contract.columns if self._is_lost(one)]
        return frozenset([name for name in wanted if not self.rows.has(name)] + nested)

    @cached_property
    def recast(self) -> tuple[str, ...]:
        """Columns whose stored value is not what the contract makes of it, so that they are typed anew."""
        return tuple(column.name for column in self.contract.columns if not self._keeps(column))

    def answers(self, rule: Rule) -> bool:
        """Whether the rows have everything the rule asks for."""
        if self.missing & set(rule.columns):
            return False
        return not any(re.search(rf"\b{re.escape(name)}\b", rule.condition) for name in self.missing)

    @cached_property
    def asked(self) -> tuple[Rule, ...]:
        """The rules that the rows can answer."""
        return tuple(rule for rule in self.contract.rules if self.answers(rule))

    def judged(self, rows: str, *kept: str, values: bool = False) -> str:
        """The rows with `__<name>`, an array of Booleans that say which of the asked rules each fails."""
        more = [f"array({_listed(self._observed(), 'STRING')}) AS __values"] if values else []
        more += [f"{self._key()} AS __key"] if values else []
        failed = [f"NOT {rule.condition}" for rule in self.asked]
        columns = ",\n    ".join([*kept, f"array({_listed(failed, 'BOOLEAN')}) AS __{self.name}", *more])
        looked = self.package.looking_around(self.contract, f"(\n{self._typed(rows, kept)}\n)")
        return f"SELECT {columns}\nFROM {looked}"

    def failed(self, rule: str) -> str:
        """SQL for whether a judged row fails the rule called so; false when this side does not ask it."""
        at = next((index for index, one in enumerate(self.asked) if one.name == rule), None)
        return "false" if at is None else f"__{self.name}[{at}]"

    def quarantined(self) -> str:
        """SQL for whether a judged row is quarantined."""
        if any(rule.on_fail == "drop" for rule in self.asked):
            return f"({self._any('quarantine')}) AND NOT ({self._any('drop')})"
        return self._any("quarantine")

    def kept(self) -> str:
        """SQL for whether a judged row is neither quarantined nor dropped."""
        return f"NOT ({self._any('quarantine', 'drop')})"

    def _any(self, *on_fail: str) -> str:
        failed = [f"__{self.name}[{at}]" for at, rule in enumerate(self.asked) if rule.on_fail in on_fail]
        return " OR ".join(failed) or "false"

    def _typed(self, rows: str, kept: Sequence[str]) -> str:
        columns = [f"{self._value(column)} AS {quoted(column.name)}" for column in self.contract.columns]
        columns += [self._carried(one) for one in self.contract.carry]
        if self.contract.source is not None:
            fields = [f"'{column.name}', {self._came(column)}" for column in self.contract.columns if column.is_changed]
            columns += [f"named_struct({', '.join(fields)}) AS {SOURCE}"] if fields else []
        return f"SELECT {', '.join([*kept, *columns])}\nFROM (\n{rows}\n)"

    def _value(self, column: Column) -> str:
        if column.name in self.missing:
            return f"CAST(NULL AS {column.type.sql})"
        if self._keeps(column):
            return f"{ROW}.{quoted(column.name)}"
        if column.type.is_text:
            return self.package.came(column, self._came(column))
        return self.package.typed(self.package.came(column, self._raw(column)), column.type, column.date_format)

    def _keeps(self, column: Column) -> bool:
        """Whether the stored value is what the contract makes of it; a normalized one has its text in `_source`."""
        other = next((one for one in self.other.columns if one.name == column.name), None) if self.other else None
        reads_alike = other is None or (other.date_format, other.normalized) == (column.date_format, column.normalized)
        is_normal = column.normalized is None or column.name.lower() in self.rows.came
        return self.rows.type_of(column.name) == plain_type(column.type.sql) and reads_alike and is_normal

    def _raw(self, column: Column) -> str:
        is_came = column.name.lower() in self.rows.came
        return f"{ROW}.{SOURCE}.{quoted(column.name)}" if is_came else f"{ROW}.{quoted(column.name)}"

    def _came(self, column: Column) -> str:
        if column.name in self.missing:
            return "CAST(NULL AS STRING)"
        return f"CAST({self._raw(column)} AS STRING)"

    def _is_lost(self, column: Column) -> bool:
        """A nested value that was stored as another type: its text cannot be read back."""
        is_nested = column.type.family in ("nested", "binary") and self.rows.columns is not None
        return is_nested and not self._keeps(column) and column.name.lower() in self.rows.came

    def _carried(self, carried: Carried) -> str:
        value = "NULL" if carried.name in self.missing else f"{ROW}.{quoted(carried.name)}"
        return f"try_cast({value} AS {carried.type.sql}) AS {quoted(carried.name)}"

    def _observed(self) -> list[str]:
        return [f"CASE WHEN NOT {rule.condition} THEN CAST({rule.value} AS STRING) END" for rule in self.asked]

    def _key(self) -> str:
        """What names a row to its reader: its keys, unless one is masked or missing, else its `_row_id`."""
        masked = {column.name for column in self.contract.columns if column.is_masked} | self.missing
        carried = {one.name for one in self.contract.carry} - self.missing
        if self.contract.keys and not masked & set(self.contract.keys):
            keys = [f"CAST({quoted(key)} AS STRING)" for key in self.contract.keys]
            return f"concat_ws(' ', {', '.join(keys)})"
        return ROW_ID if ROW_ID in carried else "CAST(NULL AS STRING)"


def counts_query(now: Side, base: Side | None) -> str:
    """One row for each side: `side`, `rows`, `quarantined`, `failed` (a JSON array, in the order of its rules).

    Sides over the same rows are counted in one pass.
    """
    if base is None:
        return _counted((now,), now.judged(now.rows.as_structs))
    if base.rows == now.rows:
        rows = now.judged(base.judged(base.rows.as_structs, ROW), "__base")
        return _counted((now, base), rows)
    alone = (_counted((side,), side.judged(side.rows.as_structs)) for side in (now, base))
    return "\nUNION ALL\n".join(alone)


def examples_query(now: Side, base: Side | None, failing: Sequence[int], most: int) -> str:
    """Up to `most` rows for each rule of `now` that fails, by its index: `rule`, `key`, `value`, `is_new`.

    Rows that the base does not find come first.
    """
    rows, before = now.judged(now.rows.as_structs, values=True), ["true" for _ in now.asked]
    beside = _beside(now, base) if base is not None else None
    if base is not None and beside is not None:
        rows = now.judged(beside, "__base", values=True)
        before = [f"coalesce({base.failed(rule.name)}, false)" for rule in now.asked]
    indices = ", ".join(str(index) for index in failing)
    return f"""\
SELECT rule, key, value, is_new FROM (
    SELECT *, row_number() OVER (PARTITION BY rule ORDER BY is_new DESC, value, key) AS number FROM (
        SELECT rule, __key AS key, get(__values, rule) AS value, NOT get(__before, rule) AS is_new FROM (
            SELECT *, explode(filter(array({indices}), i -> get(__{now.name}, i))) AS rule FROM (
                SELECT __{now.name}, __values, __key, array({_listed(before, "BOOLEAN")}) AS __before FROM (
{rows}
                )
            )
        )
    )
)
WHERE number <= {most}
ORDER BY rule, number"""


def _beside(now: Side, base: Side) -> str | None:
    """The rows of `now` as structs with the base's verdict on the same row; None when rows cannot be told apart."""
    if base.rows == now.rows:
        return base.judged(base.rows.as_structs, ROW)
    if not (base.rows.has(ROW_ID) and any(one.name == ROW_ID for one in now.contract.carry)):
        return None
    judged = base.judged(base.rows.as_structs, ROW)
    return f"""\
SELECT present.{ROW}, earlier.__base FROM (
{now.rows.as_structs}
) AS present
LEFT JOIN (
{judged}
) AS earlier ON earlier.{ROW}.{ROW_ID} = present.{ROW}.{ROW_ID}"""


def _counted(sides: Sequence[Side], rows: str) -> str:
    counted = ",\n    ".join(f"named_struct({_aggregates(side)})" for side in sides)
    return f"SELECT inline(counted) FROM (\nSELECT array(\n    {counted}\n) AS counted FROM (\n{rows}\n)\n)"


def _aggregates(side: Side) -> str:
    failed = [f"count_if(__{side.name}[{at}])" for at in range(len(side.asked))]
    return (
        f"'side', '{side.name}', 'rows', count(*), 'quarantined', count_if({side.quarantined()}), "
        f"'failed', to_json(array({_listed(failed, 'BIGINT')}))"
    )


def _listed(items: Sequence[str], kind: str) -> str:
    return ", ".join(items) if items else f"CAST(NULL AS {kind})"
