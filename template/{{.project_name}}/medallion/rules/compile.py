"""From what a contract says to rules in SQL: implied rules, column rules, SQL rules, each name once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from ..column_types import STRING, ColumnType
from ..contract_model import SOURCE_COLUMN, Column, History, OnFail, Rule
from ..contract_shape import rule_kind
from ..errors import MedallionContractError, Position
from ..shapes import Key, Text
from ..sql_words import identifier, literal, on_one_line
from ..yaml_positions import Entry, ListNode, MapNode, Node, ScalarNode
from .kinds import ColumnUnknown, Parameters, RuleKind, RuleRefused, Subject, Value
from .library import BY_NAME
from .sql_rule import check_sql, total

COUNTING_RULE = "row_is_valid"


@dataclass(frozen=True)
class RuleCompiler:
    """What rules have in common in one contract; `is_made` says that the contract makes the table."""

    columns: tuple[Column, ...]
    known: Mapping[str, ColumnType]
    keys: tuple[str, ...]
    history: History | None
    on_fail: OnFail
    is_made: bool

    def compile(self, columns: MapNode, rules: MapNode) -> tuple[Rule, ...]:
        """Every rule, in the order of the columns, then of the SQL rules; two of one name are an error."""
        compiled: list[Rule] = []
        for entry, column in zip(columns.entries, self.columns, strict=True):
            compiled += self._implied(column)
            compiled += [self._written(column, node) for node in _items(cast(MapNode, entry.value).get("rules"))]
        compiled += [self._sql_rule(entry) for entry in rules.entries]
        _refuse_collisions(compiled)
        return tuple(compiled)

    def _implied(self, column: Column) -> list[Rule]:
        sequence = self.history.sequence_by if self.history else ()
        needed = column.name in self.keys or column.name in sequence
        kinds = ["typed"] if self.is_made and not column.type.is_text else []
        kinds += ["not_null"] if needed else []
        forced = needed and self.history is not None and self.on_fail == "warn"
        on_fail: OnFail = "quarantine" if forced else self.on_fail
        exempt = not (needed and self.history is not None)
        return [self._column_rule(column, BY_NAME[kind], {}, on_fail, column.position, exempt) for kind in kinds]

    def _written(self, column: Column, node: Node) -> Rule:
        kind = rule_kind(node)
        given = _parameters(kind, node)
        common = {name: str(given.pop(name)) for name in ("name", "on_fail", "message") if name in given}
        on_fail = self._checked_on_fail(cast(OnFail, common.get("on_fail", self.on_fail)), node.position)
        return self._column_rule(
            column, kind, given, on_fail, node.position, True, common.get("name"), common.get("message")
        )

    def _column_rule(
        self,
        column: Column,
        kind: RuleKind,
        parameters: Parameters,
        on_fail: OnFail,
        position: Position,
        exempt: bool,
        name: str | None = None,
        message: str | None = None,
    ) -> Rule:
        _refuse_family(column, kind, position)
        try:
            condition = kind.sql(self._subject(column), parameters)
        except RuleRefused as refused:
            raise _placed("MED308", refused, position) from None
        return Rule(
            name=name or f"{column.name.lower()}_{kind.suffix}",
            kind=kind.name,
            condition=self._unless_exempt(condition) if exempt else condition,
            on_fail=on_fail,
            message=message or kind.message(column.name, parameters),
            columns=(column.name,),
            value=self._observed(column),
            position=position,
        )

    def _sql_rule(self, entry: Entry) -> Rule:
        body = entry.value
        options = (
            {one.key: cast(ScalarNode, one.value).text for one in body.entries} if isinstance(body, MapNode) else {}
        )
        text = options.get("sql") or cast(ScalarNode, body).text
        read = checked_columns(text, self.known, f"rule {entry.key}", body.position)
        columns = tuple(column for column in self.columns if column.name.lower() in read)
        return Rule(
            name=entry.key,
            kind="sql",
            condition=self._unless_exempt(total(on_one_line(text))),
            on_fail=self._checked_on_fail(cast(OnFail, options.get("on_fail", self.on_fail)), entry.position),
            message=options.get("message") or f"{on_one_line(text)} must hold.",
            columns=tuple(column.name for column in columns),
            value=self._observed_together(columns),
            position=entry.position,
        )

    def _checked_on_fail(self, on_fail: OnFail, position: Position) -> OnFail:
        if not self.is_made and on_fail in ("drop", "quarantine"):
            raise MedallionContractError(
                "MED312",
                f"on_fail: {on_fail} needs from",
                position,
                found=on_fail,
                expected="warn | fail",
                help="without from an SQL file makes the table and the contract only asserts",
            )
        return on_fail

    def _unless_exempt(self, condition: str) -> str:
        """An event that deletes or truncates is judged by keys and sequence only."""
        history = self.history
        exemptions = [text for text in (history.delete_when, history.truncate_when) if text] if history else []
        return f"({' OR '.join([*exemptions, condition])})" if exemptions else condition

    def _subject(self, column: Column) -> Subject:
        return Subject(column.name, identifier(column.name), self._as_it_came(column), column.type)

    def _as_it_came(self, column: Column) -> str:
        name = identifier(column.name)
        return f"{SOURCE_COLUMN}.{name}" if self.is_made and not column.type.is_text else name

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


def checked_sql(entry: Entry | None, known: Mapping[str, ColumnType]) -> str | None:
    """The condition under a key, total and on one line; None when the key is absent."""
    if entry is None:
        return None
    text = cast(ScalarNode, entry.value).text
    checked_columns(text, known, entry.key, entry.value.position)
    return total(on_one_line(text))


def checked_columns(text: str, known: Mapping[str, ColumnType], what: str, position: Position) -> tuple[str, ...]:
    """The columns a piece of SQL reads; what may not stand in a rule is an error at its place."""
    try:
        return check_sql(text, known, what)
    except RuleRefused as refused:
        code = "MED310" if isinstance(refused, ColumnUnknown) else "MED309"
        raise _placed(code, refused, position) from None


def _placed(code: str, refused: RuleRefused, position: Position) -> MedallionContractError:
    return MedallionContractError(
        code, refused.message, position, found=refused.found, expected=refused.expected, help=refused.help
    )


def _refuse_family(column: Column, kind: RuleKind, position: Position) -> None:
    if kind.families is not None and column.type.family not in kind.families:
        raise MedallionContractError(
            "MED308",
            f"rule {kind.name} does not fit the type of {column.name}",
            position,
            found=column.type.sql,
            expected=", ".join(kind.families),
        )


def _refuse_collisions(rules: list[Rule]) -> None:
    seen = {COUNTING_RULE: Position("the quarantine itself")}
    for rule in rules:
        if rule.name in seen:
            raise MedallionContractError(
                "MED307",
                f"two rules are called {rule.name}",
                rule.position,
                found=rule.name,
                expected=f"another name than the rule at {seen[rule.name]}",
                help="keys, sequence_by and type imply rules; give this one a name: …",
            )
        seen[rule.name] = rule.position


def _items(entry: Entry | None) -> tuple[Node, ...]:
    return cast(ListNode, entry.value).items if entry else ()


def _parameters(kind: RuleKind, node: Node) -> dict[str, Value | tuple[Value, ...]]:
    if isinstance(node, ScalarNode):
        return {}
    body = cast(MapNode, node).entries[0].value
    shapes = {key.name: key for key in kind.parameters}
    if isinstance(body, MapNode):
        return {entry.key: _plain(entry.value, shapes.get(entry.key)) for entry in body.entries}
    return {str(kind.main): _plain(body, shapes.get(str(kind.main)))}


def _plain(node: Node, key: Key | None) -> Value | tuple[Value, ...]:
    if isinstance(node, ListNode):
        return tuple(cast(Value, cast(ScalarNode, item).value) for item in node.items)
    scalar = cast(ScalarNode, node)
    is_text = key is None or isinstance(key.shape, Text)
    return scalar.text if is_text else cast(Value, scalar.value)
