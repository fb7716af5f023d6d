"""The nodes of a contract in short form as YAML: what fits stands on one line, columns under each other."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

from medallion_toolkit.contracts.comments import NO_COMMENTS, Comments
from medallion_toolkit.contracts.nodes import Entry, Node, entries_of, is_list, is_mapping, is_scalar, lines_of
from medallion_toolkit.contracts.scalars import quoted, yaml_scalar

WIDTH = 120
_ALWAYS_BLOCK = ("history", "columns", "rules", "targets")
_BLANK_BEFORE = ("keys", "columns", "rules", "on_fail", "limits", "evolution", "targets")


def contract_text(root: Node, comments: Comments = NO_COMMENTS) -> str:
    """The whole file; comments stand at the lines of the nodes they spoke of."""
    writer = _Writer(comments.moved_to(lines_of(root)))
    writer.mapping(entries_of(root), 0, is_top=True)
    return "\n".join([*comments.first, *writer.lines, *writer.comments.last]) + "\n"


def flow(node: Node) -> str:
    """The node on one line."""
    if is_mapping(node):
        return "{" + ", ".join(f"{quoted(one.key)}: {flow(one.value)}" for one in node.entries) + "}"
    if is_list(node):
        return "[" + ", ".join(_item(one) for one in node.items) + "]"
    return yaml_scalar(node) if is_scalar(node) else ""


def _item(node: Node) -> str:
    """`regex: '^A'` in a list needs no braces; a rule without parameters is its name."""
    entries = entries_of(node)
    if len(entries) != 1:
        return flow(node)
    if is_mapping(entries[0].value) and not entries_of(entries[0].value):
        return quoted(entries[0].key)
    return f"{quoted(entries[0].key)}: {flow(entries[0].value)}"


@dataclass
class _Writer:
    """Lines so far, and the comments that have no line yet."""

    comments: Comments
    lines: list[str] = field(default_factory=list)

    def mapping(
        self, entries: tuple[Entry, ...], indent: int, *, is_top: bool = False, is_column_list: bool = False
    ) -> None:
        width = max((len(quoted(one.key)) for one in entries), default=0) if is_column_list else 0
        for one in entries:
            if is_top and one.key in _BLANK_BEFORE and self.lines:
                self.lines.append("")
            self._entry(one, indent, width, is_top=is_top)

    def _entry(self, one: Entry, indent: int, width: int, *, is_top: bool) -> None:
        head = f"{quoted(one.key)}:"
        line = f"{' ' * indent}{head:<{width + 1}} {flow(one.value)}"
        is_block = is_top and one.key in _ALWAYS_BLOCK
        inner = entries_of(one.value) or (one.value.items if is_list(one.value) else ())
        if not inner or (not is_block and len(line) <= WIDTH):
            self._line(line, indent, {one.position.line, *lines_of(one.value)})
            return
        opening = {one.value.position.line} if is_list(one.value) else set()
        self._line(f"{' ' * indent}{head}", indent, {one.position.line, *opening}, below=set(lines_of(one.value)))
        if is_list(one.value):
            self._items(one.value.items, indent + 2)
        else:
            self.mapping(entries_of(one.value), indent + 2, is_column_list=is_top and one.key == "columns")

    def _items(self, items: tuple[Node, ...], indent: int) -> None:
        for item in items:
            self._line(f"{' ' * indent}- {_item(item)}", indent, set(lines_of(item)))

    def _line(self, line: str, indent: int, origins: set[int], below: Set[int] = frozenset()) -> None:
        """Add a line; comments behind what stands further below wait for it."""
        before = [text for origin in sorted(origins) for text in self.comments.before.pop(origin, ())]
        behind = [self.comments.behind.pop(one) for one in sorted(origins - below) if one in self.comments.behind]
        if len(behind) > 1:
            before, behind = [*before, *behind], []
        self.lines += [f"{' ' * indent}{text}" for text in before]
        self.lines.append(f"{line}  {behind[0]}" if behind else line)
