"""The nodes of the project's own helper package, told apart by what they have."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol, TypeGuard

from medallion_toolkit.python.helper_contract import Position


class Node(Protocol):
    """Any value of a contract file."""

    @property
    def position(self) -> Position: ...


class Scalar(Node, Protocol):
    """One value; `text` is what the file says."""

    @property
    def value(self) -> str | int | Decimal | bool | None: ...
    @property
    def text(self) -> str: ...


class Entry(Protocol):
    """`key: value` of a mapping."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> Node: ...
    @property
    def position(self) -> Position: ...


class Items(Node, Protocol):
    """A list."""

    @property
    def items(self) -> tuple[Node, ...]: ...


class Mapping(Node, Protocol):
    """A mapping, each key once."""

    @property
    def entries(self) -> tuple[Entry, ...]: ...


def is_mapping(node: Node) -> TypeGuard[Mapping]:
    """Whether the node has keys."""
    return hasattr(node, "entries")


def is_list(node: Node) -> TypeGuard[Items]:
    """Whether the node is a list."""
    return hasattr(node, "items")


def is_scalar(node: Node) -> TypeGuard[Scalar]:
    """Whether the node is one value."""
    return hasattr(node, "text")


def entries_of(node: Node | None) -> tuple[Entry, ...]:
    """The entries of a mapping; none of anything else."""
    return node.entries if node is not None and is_mapping(node) else ()


def value_at(node: Node | None, key: str) -> Node | None:
    """What stands under a key."""
    return next((one.value for one in entries_of(node) if one.key == key), None)


def text_of(node: Node | None) -> str | None:
    """The text of a scalar, None for anything else and for nothing."""
    return node.text if node is not None and is_scalar(node) and node.value is not None else None


def text_at(node: Node | None, key: str) -> str | None:
    """The text under a key."""
    return text_of(value_at(node, key))


Plain = str | int | Decimal | bool | None | list["Plain"] | dict[str, "Plain"]


def plain(node: Node) -> Plain:
    """The node as mappings, lists and values."""
    if is_mapping(node):
        return {one.key: plain(one.value) for one in node.entries}
    if is_list(node):
        return [plain(item) for item in node.items]
    return node.value if is_scalar(node) else None


def lines_of(node: Node) -> Iterator[int]:
    """Every line that a key, a list or a value of the node begins in."""
    if not is_mapping(node):
        yield node.position.line
    for one in entries_of(node):
        yield one.position.line
        yield from lines_of(one.value)
    if is_list(node):
        for item in node.items:
            yield from lines_of(item)
