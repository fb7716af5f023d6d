"""From what a contract says to rules in SQL: implied rules, column rules, SQL rules, each name once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import cast

from ..errors import MedallionContractError, Position
from ..model.contract import SOURCE_COLUMN, Column, Disabled, History, OnFail, Rule, Severity, TableRule
from ..model.lookups import First, Lookup, context_column
from ..rules.checked_text import checked_columns, checked_text, placed
from ..rules.kinds import (
    Parameters,
    Row,
    RowRuleKind,
    RuleKind,
    Subject,
    TableRuleKind,
    TableSubject,
)
from ..rules.library import BY_NAME
from ..rules.looking import ROW_ACTIONS, lookup_of, refuse_lookup, refuse_unordered
from ..rules.options import OPTIONS, Options, named_columns, parameters_of, taken_options
from ..rules.rule_names import Compiled, refuse_collisions, refuse_family
from ..rules.sql_rule import check_sql, looks_around, total
from ..sql.column_types import STRING, ColumnType
from ..sql.words import identifier, literal, on_one_line
from ..yaml_files.positions import Entry, ListNode, MapNode, Node, ScalarNode
from .limits_reader import read_limit
from .shape import named_kind, rule_kind


@dataclass(frozen=True)
class RuleCompiler:
    """What rules have in common in one contract; `is_made` says that the contract makes the table."""

    table: str
    columns: tuple[Column, ...]
    known: Mapping[str, ColumnType]
    keys: tuple[str, ...]
    history: History | None
    on_fail: OnFail
    is_made: bool
    is_view: bool = False

    def compile(self, columns: MapNode, rules: MapNode) -> tuple[Compiled, ...]:
        """Every rule, in the order of the columns, then of the contract's rules; two of one name are an error."""
        compiled: list[Compiled] = []
        for entry, column in zip(columns.entries, self.columns, strict=True):
            compiled += self._implied(column)
            compiled += [self._written(column, node) for node in _items(cast(MapNode, entry.value).get("rules"))]
        compiled += [self._named(entry) for entry in rules.entries]
        refuse_collisions(compiled)
        return tuple(compiled)

    def _implied(self, column: Column) -> list[Rule]:
        sequence = self.history.sequence_by if self.history else ()
        needed = column.name in self.keys or column.name in sequence
        kinds = ["typed"] if self.is_made and not column.type.is_text else []
        kinds += ["not_null"] if needed else []
        forced = needed and self.history is not None and self.on_fail in ("warn", "tag")
        on_fail: OnFail = "quarantine" if forced else self.on_fail
        exempt = not (needed and self.history is not None)
        return [
            self._column_rule(column, BY_NAME[kind], {}, Options(on_fail), column.position, exempt=exempt)
            for kind in kinds
        ]

    def _written(self, column: Column, node: Node) -> Compiled:
        kind = rule_kind(node)
        given = parameters_of(kind, node)
        taken = {name: str(given.pop(name)) for name in OPTIONS if name in given}
        options = self._options(taken)
        name = options.name or f"{column.name.lower()}_{kind.suffix}"
        if options.disabled:
            return Disabled(name, options.disabled, node.position)
        if isinstance(kind, TableRuleKind):
            refuse_family(column, kind, node.position)
            return self._table_rule(name, kind, given, options, node.position, self._subject(column))
        return self._column_rule(column, kind, given, options, node.position)

    def _column_rule(
        self,
        column: Column,
        kind: RuleKind,
        parameters: Parameters,
        options: Options,
        position: Position,
        *,
        exempt: bool = True,
    ) -> Rule:
        refuse_family(column, kind, position)
        with placed("MED308", position):
            condition = kind.sql(self._subject(column), parameters)
            others = [self._row.column(name) for name in named_columns(kind, parameters)]
        columns = (column, *self._in_order(other.name for other in others))
        return self._rule(
            options.name or f"{column.name.lower()}_{kind.suffix}",
            kind,
            condition,
            options,
            position,
            columns=tuple(dict.fromkeys(columns)),
            message=kind.message(column.name, parameters),
            exempt=exempt,
        )

    def _named(self, entry: Entry) -> Compiled:
        body = entry.value
        taken = taken_options(body)
        options = self._options(taken)
        if options.disabled:
            return Disabled(entry.key, options.disabled, entry.position)
        kind = named_kind(body)
        if kind is None:
            return self._sql_rule(entry, taken, options)
        given = parameters_of(kind, MapNode((cast(Entry, cast(MapNode, body).get(kind.name)),), body.position))
        if isinstance(kind, TableRuleKind):
            return self._table_rule(entry.key, kind, given, options, entry.position, None)
        with placed("MED308", entry.position):
            condition = kind.sql(self._row, given)
            named = {self._row.column(name).name.lower() for name in named_columns(kind, given)}
            for name in (name for name in kind.reads_sql if name in given):
                named.update(check_sql(str(given[name]), self.known, name))
        columns = self._in_order(named)
        message = kind.message(given)
        return self._rule(entry.key, kind, condition, options, entry.position, columns=columns, message=message)

    def _sql_rule(self, entry: Entry, taken: Mapping[str, str], options: Options) -> Rule:
        text = taken["sql"] if "sql" in taken else cast(ScalarNode, entry.value).text
        read = checked_columns(text, self.known, f"rule {entry.key}", entry.value.position)
        columns = self._in_order(read)
        message = f"{on_one_line(text)} must hold."
        condition = total(on_one_line(text))
        return self._rule(entry.key, None, condition, options, entry.position, columns=columns, message=message)

    def _rule(
        self,
        name: str,
        kind: RuleKind | RowRuleKind | None,
        condition: str,
        options: Options,
        position: Position,
        *,
        columns: tuple[Column, ...],
        message: str,
        exempt: bool = True,
    ) -> Rule:
        judged = self._judged_where(condition, options, position)
        asked = self._unless_exempt(judged) if exempt else judged
        return Rule(
            name=name,
            kind=kind.name if kind else "sql",
            condition=asked,
            on_fail=self._checked_on_fail(options.on_fail, position),
            message=options.message or message,
            columns=tuple(column.name for column in columns),
            value=self._observed_together(columns),
            position=position,
            severity=options.severity,
            dimension=options.dimension or (kind.dimension if kind else "consistency"),
            limit=options.limit,
            looks_around=looks_around(asked),
        )

    def _table_rule(
        self,
        name: str,
        kind: TableRuleKind,
        parameters: Parameters,
        options: Options,
        position: Position,
        column: Subject | None,
    ) -> TableRule | Rule:
        self._refuse_table_options(kind, options, position)
        where = self._asked_where(options, position)
        lookup = self._looked_up(kind, parameters, options, position, column)
        if lookup is not None:
            return self._looking_rule(name, kind, parameters, options, position, column, lookup)
        subject = TableSubject(self.table, self._row, self.keys, column, where, options.limit, self.known)
        with placed("MED308", position):
            query = kind.query(subject, parameters)
        named = [*([column.name] if column else []), *named_columns(kind, parameters)]
        self._refuse_not_stored(named, position)
        return TableRule(
            name=name,
            kind=kind.name,
            query=query,
            on_fail="warn" if options.on_fail in ("warn", "tag") else "fail",
            message=options.message or kind.message(column.name if column else self.table, parameters),
            columns=tuple(dict.fromkeys(named)),
            position=position,
            severity=options.severity,
            dimension=options.dimension or kind.dimension,
        )

    def _looked_up(
        self,
        kind: TableRuleKind,
        parameters: Parameters,
        options: Options,
        position: Position,
        column: Subject | None,
    ) -> Lookup | None:
        """What is looked up for each row where the rule asks for it; else it is counted after an update."""
        where = checked_text(options.where, self.known, "where", position) if options.where else None
        is_row_rule = self.is_made and options.is_asked and options.on_fail in ROW_ACTIONS
        lookup = lookup_of(kind, parameters, column, self.history, where) if is_row_rule else None
        if lookup is not None:
            refuse_lookup(lookup, self.table, self.is_view, position)
        if isinstance(lookup, First):
            refuse_unordered(self.known, position)
        return lookup

    def _looking_rule(
        self,
        name: str,
        kind: TableRuleKind,
        parameters: Parameters,
        options: Options,
        position: Position,
        column: Subject | None,
        lookup: Lookup,
    ) -> Rule:
        with placed("MED308", position):
            kind.query(TableSubject(self.table, self._row, self.keys, column), parameters)
            named = [*([column.name] if column else []), *named_columns(kind, parameters)]
            names = {self._row.column(one).name for one in named}
        columns = self._in_order(names)
        message = kind.message(column.name if column else self.table, parameters)
        condition = context_column(name)
        rule = self._rule(name, None, condition, options, position, columns=columns, message=message)
        dimension = options.dimension or kind.dimension
        return replace(rule, kind=kind.name, dimension=dimension, looks_around=True, lookup=lookup)

    def _refuse_table_options(self, kind: TableRuleKind, options: Options, position: Position) -> None:
        for option, given, fits, reason in (
            ("limit", options.limit, kind.counts_rows, "has bounds of its own"),
            ("sample", options.sample, kind.may_sample, "needs every row"),
        ):
            if given is not None and not fits:
                raise MedallionContractError(
                    "MED312", f"rule {kind.name} {reason}", position, found=option, expected=f"no {option}"
                )

    def _asked_where(self, options: Options, position: Position) -> str | None:
        """Which rows a table rule judges; the sample is the same however often it is asked."""
        parts = [checked_text(options.where, self.known, "where", position)] if options.where else []
        if options.sample:
            flat = [column.name for column in self.columns if column.type.family != "nested"]
            by = ["_row_id"] if "_row_id" in self.known else [*(self.keys or flat)]
            hashed = f"xxhash64({', '.join(map(identifier, by))})"
            parts.append(f"pmod({hashed}, 10000) < {_per_myriad(options.sample, position)}")
        return " AND ".join(parts) or None

    def _refuse_not_stored(self, named: Sequence[str], position: Position) -> None:
        not_stored = {name.lower() for name in (self.history.not_stored if self.history else ())}
        for name in named:
            if name.lower() in not_stored:
                raise MedallionContractError(
                    "MED312",
                    f"{name} is not stored, so a rule of the table cannot read it",
                    position,
                    found=name,
                    expected=f"a column of {self.table}",
                    help="take it out of not_stored, or write a rule of the row",
                )

    def _options(self, taken: Mapping[str, str]) -> Options:
        return Options(
            on_fail=cast(OnFail, taken.get("on_fail", self.on_fail)),
            name=taken.get("name"),
            message=taken.get("message"),
            severity=cast(Severity, taken.get("severity", "major")),
            dimension=taken.get("dimension"),
            limit=read_limit(taken.get("limit")),
            where=taken.get("where"),
            sample=taken.get("sample"),
            disabled=taken.get("disabled"),
            is_asked="on_fail" in taken,
        )

    def _judged_where(self, condition: str, options: Options, position: Position) -> str:
        """Rows outside `where` and outside the sample hold; the sample is the same however often it is asked."""
        passes = []
        if options.where:
            passes.append(f"NOT {checked_text(options.where, self.known, 'where', position)}")
        if options.sample:
            if "_row_id" not in self.known:
                raise MedallionContractError(
                    "MED312", "a sample needs _row_id", position, found="sample", expected="_row_id in carry"
                )
            share = _per_myriad(options.sample, position)
            passes.append(f"coalesce(pmod(xxhash64(_row_id), 10000) >= {share}, false)")
        return f"({' OR '.join([*passes, condition])})" if passes else condition

    def _checked_on_fail(self, on_fail: OnFail, position: Position) -> OnFail:
        if not self.is_made and on_fail in ("tag", "drop", "quarantine"):
            raise MedallionContractError(
                "MED312",
                f"on_fail: {on_fail} needs from",
                position,
                found=on_fail,
                expected="warn | fail",
                help="without from an SQL file makes the table and the contract only asserts",
            )
        return on_fail

    def _in_order(self, names: Iterable[str]) -> tuple[Column, ...]:
        """The columns of these names, in the order of the contract; metadata columns are none of them."""
        found = {self._places[name.lower()] for name in names if name.lower() in self._places}
        return tuple(self.columns[place] for place in sorted(found))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {column.name.lower(): place for place, column in enumerate(self.columns)}

    @cached_property
    def _row(self) -> Row:
        row = Row()
        subjects = {
            column.name.lower(): Subject(
                column.name, identifier(column.name), self._before_typing(column), column.type, row
            )
            for column in self.columns
        }
        return Row(subjects)

    def _unless_exempt(self, condition: str) -> str:
        """An event that deletes or truncates is judged by keys and sequence only."""
        history = self.history
        exemptions = [text for text in (history.delete_when, history.truncate_when) if text] if history else []
        return f"({' OR '.join([*exemptions, condition])})" if exemptions else condition

    def _subject(self, column: Column) -> Subject:
        return Subject(column.name, identifier(column.name), self._before_typing(column), column.type, self._row)

    def _before_typing(self, column: Column) -> str:
        """What absence and types are judged by: the value as it came, normalized where the contract says so."""
        source, name = self._as_it_came(column), identifier(column.name)
        if column.normalized is None or not self.is_made:
            return source
        return name if column.type.is_text else column.normalized.replace(f"CAST({name} AS STRING)", source)

    def _as_it_came(self, column: Column) -> str:
        name = identifier(column.name)
        return f"{SOURCE_COLUMN}.{name}" if self.is_made and column.is_changed else name

    def _observed(self, column: Column) -> str:
        source = self._as_it_came(column)
        if column.is_masked:
            return f"CASE WHEN {source} IS NOT NULL THEN '***' END"
        return source if self.is_made or column.type == STRING else f"CAST({source} AS STRING)"

    def _observed_together(self, columns: tuple[Column, ...]) -> str:
        if not columns:
            return "CAST(NULL AS STRING)"
        if len(columns) == 1:
            return self._observed(columns[0])
        parts = [
            f"concat({literal(column.name + '=')}, coalesce({self._observed(column)}, 'NULL'))" for column in columns
        ]
        return f"concat_ws(', ', {', '.join(parts)})"


def _per_myriad(share: str, position: Position) -> int:
    """A share in percent as one of 10,000: `10 %` is 1000; MED304 for one so small that no row would be judged."""
    found = int(Decimal(share.rstrip("% ")) * 100)
    if found == 0:
        raise MedallionContractError("MED304", "a sample of no row", position, found=share, expected="at least 0.01 %")
    return found


def _items(entry: Entry | None) -> tuple[Node, ...]:
    return cast(ListNode, entry.value).items if entry else ()
