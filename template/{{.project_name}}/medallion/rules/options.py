"""What stands beside a rule and inside it: the options every rule takes, and the parameters of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from ..model.contract import OnFail, RuleLimit, Severity
from ..yaml_files.positions import ListNode, MapNode, Node, ScalarNode
from ..yaml_files.shapes import Key, ListOf, Text
from .kinds import AnyKind, Parameters, Value

OPTIONS = ("name", "on_fail", "message", "severity", "dimension", "limit", "where", "sample", "disabled")


@dataclass(frozen=True)
class Options:
    """What every rule may be told besides its parameters."""

    on_fail: OnFail
    name: str | None = None
    message: str | None = None
    severity: Severity = "major"
    dimension: str | None = None
    limit: RuleLimit | None = None
    where: str | None = None
    sample: str | None = None
    disabled: str | None = None
    is_asked: bool = False


def named_columns(kind: AnyKind, parameters: Parameters) -> tuple[str, ...]:
    """The columns that the parameters of a rule name."""
    values = [parameters[name] for name in kind.names_columns if name in parameters]
    return tuple(str(one) for value in values for one in (value if isinstance(value, tuple) else (value,)))


def taken_options(body: Node) -> dict[str, str]:
    """The options beside a rule under the contract's `rules`, and its `sql`."""
    entries = body.entries if isinstance(body, MapNode) else ()
    return {
        one.key: one.value.text for one in entries if one.key in (*OPTIONS, "sql") and isinstance(one.value, ScalarNode)
    }


def parameters_of(kind: AnyKind, node: Node) -> dict[str, Value | tuple[Value, ...]]:
    """The parameters written inside a rule, by name; a short form stands under the kind's main one."""
    if isinstance(node, ScalarNode):
        return {}
    body = cast(MapNode, node).entries[0].value
    shapes = {key.name: key for key in kind.parameters}
    if isinstance(body, MapNode):
        return {entry.key: _plain(entry.value, shapes.get(entry.key)) for entry in body.entries}
    return {str(kind.main): _plain(body, shapes.get(str(kind.main)))}


def _plain(node: Node, key: Key | None) -> Value | tuple[Value, ...]:
    if isinstance(node, ListNode):
        of_texts = key is not None and isinstance(key.shape, ListOf) and isinstance(key.shape.item, Text)
        items = [cast(ScalarNode, item) for item in node.items]
        return tuple(item.text if of_texts else cast(Value, item.value) for item in items)
    scalar = cast(ScalarNode, node)
    is_text = key is None or isinstance(key.shape, Text)
    return scalar.text if is_text else cast(Value, scalar.value)
