"""The nodes of a contract in short form as JSON."""

from __future__ import annotations

import json

from medallion_toolkit.contracts.nodes import Node, is_list, is_mapping, is_scalar


def json_contract_text(root: Node) -> str:
    """The whole file, with numbers as they were written."""
    return _text(root, 0) + "\n"


def _text(node: Node, depth: int) -> str:
    if is_mapping(node):
        inner = [f"{json.dumps(one.key, ensure_ascii=False)}: {_text(one.value, depth + 1)}" for one in node.entries]
        return _block("{", inner, "}", depth)
    if is_list(node):
        return _block("[", [_text(one, depth + 1) for one in node.items], "]", depth)
    if is_scalar(node) and not isinstance(node.value, str):
        return node.text
    return json.dumps(node.value if is_scalar(node) else None, ensure_ascii=False)


def _block(opening: str, inner: list[str], closing: str, depth: int) -> str:
    line = f"{opening}{', '.join(inner)}{closing}"
    if not any("\n" in one for one in inner) and len(line) + 2 * depth <= 100:
        return line
    pad = "  " * (depth + 1)
    return f"{opening}\n" + ",\n".join(f"{pad}{one}" for one in inner) + f"\n{'  ' * depth}{closing}"
