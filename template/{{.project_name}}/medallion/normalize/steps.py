"""`normalize:` of a column: patterns in the order in which they are applied, checked and turned into SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import MedallionContractError, did_you_mean
from ..rules.kinds import Parameters, RuleRefused, Value
from ..yaml_files.positions import ListNode, MapNode, Node, ScalarNode
from ..yaml_files.shapes import Json, Key, ListOf, OneOf, Record, Text, wrong_value
from .kinds import Pattern
from .library import all_patterns


@dataclass(frozen=True)
class PatternUse:
    """An entry of `normalize`: a pattern's name, or the name with its parameters."""

    def check(self, node: Node) -> None:
        """Refuse unknown patterns, then check the parameters."""
        pattern = _pattern(node)
        needed = [key.name for key in pattern.parameters if key.required]
        if isinstance(node, MapNode):
            _shape(pattern).check(node.entries[0].value)
        elif needed:
            raise MedallionContractError(
                "MED305",
                f"pattern {pattern.name} needs parameters",
                node.position,
                found=pattern.name,
                expected=", ".join(needed),
            )

    def schema(self) -> Json:
        """One alternative for each pattern."""
        patterns = all_patterns().values()
        bare = [one.name for one in patterns if not any(key.required for key in one.parameters)]
        return {"anyOf": [{"enum": bare}, *(_form(one) for one in patterns if one.parameters)]}


def normalized_sql(steps: Sequence[Node], text: str) -> str:
    """SQL that applies checked entries to `text` in their order; parameters that make no sense are errors there."""
    for step in steps:
        pattern = _pattern(step)
        try:
            text = pattern.sql(text, _given(pattern, step))
        except RuleRefused as refused:
            raise MedallionContractError(
                "MED308",
                refused.message,
                step.position,
                found=refused.found,
                expected=refused.expected,
                help=refused.help,
            ) from None
    return text


def _pattern(node: Node) -> Pattern:
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        name = node.value
    elif isinstance(node, MapNode) and len(node.entries) == 1:
        name = node.entries[0].key
    else:
        raise wrong_value(node, "the name of one pattern, or `name: parameters`")
    patterns = all_patterns()
    if name not in patterns:
        raise MedallionContractError(
            "MED314",
            f"unknown pattern {name}",
            node.position,
            found=name,
            expected=", ".join(patterns),
            help=did_you_mean(name, tuple(patterns)),
        )
    return patterns[name]


def _shape(pattern: Pattern) -> OneOf:
    record = Record(pattern.parameters, name=f"parameters of {pattern.name}")
    main = next((key.shape for key in pattern.parameters if key.name == pattern.main), None)
    hint = " | ".join(key.name for key in pattern.parameters) or "no parameters"
    if isinstance(main, ListOf):
        return OneOf(items=main, mapping=record, hint=f"a list, or a mapping with {hint}")
    return OneOf(scalar=main, mapping=record, hint=f"a value, or a mapping with {hint}" if main else hint)


def _form(pattern: Pattern) -> Json:
    return {
        "type": "object",
        "properties": {pattern.name: {**_shape(pattern).schema(), "description": pattern.about}},
        "required": [pattern.name],
        "additionalProperties": False,
    }


def _given(pattern: Pattern, node: Node) -> Parameters:
    if not isinstance(node, MapNode):
        return {}
    body, keys = node.entries[0].value, {key.name: key for key in pattern.parameters}
    if isinstance(body, MapNode):
        return {entry.key: _value(entry.value, keys[entry.key]) for entry in body.entries}
    return {str(pattern.main): _value(body, keys[str(pattern.main)])}


def _value(node: Node, key: Key) -> Value | tuple[Value, ...]:
    if isinstance(node, ListNode):
        return tuple(
            _scalar(item, isinstance(key.shape, ListOf) and isinstance(key.shape.item, Text)) for item in node.items
        )
    return _scalar(node, isinstance(key.shape, Text))


def _scalar(node: Node, is_text: bool) -> Value:
    if not isinstance(node, ScalarNode) or node.value is None:
        raise wrong_value(node, "a value")
    return node.text if is_text else node.value
