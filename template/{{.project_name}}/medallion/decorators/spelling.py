"""How a function's decorators are written: what stands above and below, and what a dataset decorator calls it.

The source is read where there is one, as in files and notebooks; text given to `exec` has none.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
from dataclasses import dataclass
from types import CodeType, FrameType

_MODULES = ("pyspark.pipelines", "dlt")
_DATASETS = ("table", "create_table", "materialized_view", "temporary_view", "view", "create_view")
_USUAL = {
    f"{short}.{name}": f"{short.replace('dp', 'pipelines')}.{name}" for short in ("dp", "dlt") for name in _DATASETS
}
_DATASET_BELOW = re.compile(r"^@[\w.]*(table|view)", re.MULTILINE)
_DEFINITION = re.compile(r"\s*(async\s+)?def\s")
_PURE = (ast.Constant, ast.Name, ast.Attribute, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.Add, ast.Load)


@dataclass(frozen=True)
class Above:
    """A dataset decorator: `kind` as in `dp.table`, `name` what it calls the dataset.

    `name` is None when it takes the function's, and "" when only running the expression would tell.
    """

    line: int
    kind: str
    name: str | None


def dataset_decorators(code: CodeType, frame: FrameType, line: int) -> tuple[Above, ...] | None:
    """The dataset decorators of the function with this code, which `frame` is about to define; None without source.

    `line` is that of our decorator above all others of ours.
    """
    first = code.co_firstlineno
    nodes = _decorators(code.co_filename, first, is_topmost=first == line)
    if nodes is None:
        return None
    found = (_dataset(node, frame, first) for node in nodes)
    return tuple(one for one in found if one is not None)


def _decorators(file: str, first: int, *, is_topmost: bool) -> list[ast.expr] | None:
    """The decorator expressions from line `first` of the file on; their own lines count from 1.

    With nothing above, only what looks like a dataset decorator below is worth reading.
    """
    linecache.checkcache(file)
    lines = linecache.getlines(file)
    for end in range(first - 1, len(lines)):
        if not _DEFINITION.match(lines[end]):
            continue
        indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
        text = "".join(line[indent:] for line in lines[first - 1 : end])
        if is_topmost and not _DATASET_BELOW.search(text):
            return []
        try:
            body = ast.parse(f"{text}def _(): ...\n").body
        except SyntaxError:
            continue
        return body[0].decorator_list if isinstance(body[0], ast.FunctionDef) else None
    return None


def _dataset(node: ast.expr, frame: FrameType, first: int) -> Above | None:
    call = node if isinstance(node, ast.Call) else None
    function = call.func if call else node
    kind = _known().get(id(_value(function, frame))) or _USUAL.get(ast.unparse(function))
    if kind is None:
        return None
    named = next((one.value for one in call.keywords if one.arg == "name"), None) if call else None
    return Above(first + node.lineno - 1, kind, None if named is None else _text(named, frame))


def _known() -> dict[int, str]:
    modules = {name: sys.modules[name] for name in _MODULES if name in sys.modules}
    return {
        id(getattr(module, name)): f"{short.rpartition('.')[2]}.{name}"
        for short, module in modules.items()
        for name in _DATASETS
        if hasattr(module, name)
    }


def _value(node: ast.expr, frame: FrameType) -> object:
    """What a name or a dotted name stands for, None for anything else."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    return getattr(_value(node.value, frame), node.attr, None) if isinstance(node, ast.Attribute) else None


def _text(node: ast.expr, frame: FrameType) -> str:
    """The text of an expression that calls nothing; "" for any other."""
    if not all(isinstance(part, _PURE) for part in ast.walk(node)):
        return ""
    value = _joined(node, frame)
    return value if isinstance(value, str) else ""


def _joined(node: ast.expr, frame: FrameType) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [_joined(part, frame) for part in node.values]
        return None if None in parts else "".join(str(part) for part in parts)
    if isinstance(node, ast.FormattedValue):
        return _joined(node.value, frame) if node.format_spec is None and node.conversion == -1 else None
    if isinstance(node, ast.BinOp):
        left, right = _joined(node.left, frame), _joined(node.right, frame)
        return left + right if isinstance(left, str) and isinstance(right, str) else None
    return _value(node, frame)
