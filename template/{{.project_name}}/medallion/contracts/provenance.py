"""Where each value of a merged contract came from: a line of a file, or a default of the loader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import Position
from ..model.contract import Contract
from ..yaml_files.positions import ListNode, MapNode, Node, ScalarNode


@dataclass(frozen=True)
class Stated:
    """A value under its keys; `place` is None for a default."""

    keys: tuple[str, ...]
    value: str
    place: Position | None


def stated_values(root: MapNode, contract: Contract) -> tuple[Stated, ...]:
    """Every value of a merged contract in its order, then what the loader adds to it."""
    stated = tuple(_values(root, ()))
    said = {one.keys[0] for one in stated} | {".".join(one.keys[:2]) for one in stated}
    defaults = tuple(
        Stated(tuple(name.split(".")), value, None) for name, value in _defaults(contract) if name not in said
    )
    return stated + defaults


def _values(node: Node, keys: tuple[str, ...]) -> Iterator[Stated]:
    if isinstance(node, MapNode):
        for one in node.entries:
            yield from _values(one.value, (*keys, one.key))
    elif isinstance(node, ListNode) and any(not isinstance(item, ScalarNode) for item in node.items):
        for item in node.items:
            yield from _item(item, keys)
    elif isinstance(node, ListNode):
        texts = ", ".join(item.text for item in node.items if isinstance(item, ScalarNode))
        yield Stated(keys, f"[{texts}]", node.position)
    else:
        yield Stated(keys, node.text, node.position)


def _item(item: Node, keys: tuple[str, ...]) -> Iterator[Stated]:
    """An entry of a list: a rule's name, or the first value of a mapping, stands among the keys."""
    if isinstance(item, MapNode) and len(item.entries) > 1:
        first = item.entries[0].value
        yield from _values(item, (*keys, first.text if isinstance(first, ScalarNode) else item.entries[0].key))
    elif isinstance(item, MapNode):
        for one in item.entries:
            if isinstance(one.value, MapNode) and not one.value.entries:
                yield Stated((*keys, one.key), "", one.position)
            else:
                yield from _values(one.value, (*keys, one.key))
    elif isinstance(item, ScalarNode):
        yield Stated((*keys, item.text), "", item.position)


def _defaults(contract: Contract) -> Iterator[tuple[str, str]]:
    yield "on_fail", contract.on_fail
    if contract.source is None:
        return
    yield "quarantine", contract.making.mode
    yield "kind", contract.making.kind
    yield "carry", f"[{', '.join(one.name for one in contract.carry)}]"
    if contract.history is not None and contract.history.type == 2:
        yield "history.track", f"[{', '.join(contract.history.track)}]"
