"""The words of Python functions that make datasets, so that a changed function is seen."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from medallion_toolkit.errors import Place

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class FunctionBodies:
    """Functions of the files below `root` by file, each file read once; what they call is not looked at."""

    root: Path
    _files: dict[str, tuple[_Function, ...]] = field(default_factory=dict)

    def words_at(self, place: Place) -> tuple[str, ...]:
        """What the function at a place says, without comments, layout, docstring and decorators; () where none is."""
        if place.path not in self._files:
            self._files[place.path] = _functions(self.root / place.path)
        around = [one for one in self._files[place.path] if _first_line(one) <= place.line <= (one.end_lineno or 0)]
        if not around:
            return ()
        innermost = max(around, key=_first_line)
        body = innermost.body[1:] if ast.get_docstring(innermost) is not None else innermost.body
        return tuple(ast.dump(statement) for statement in body)


def _functions(file: Path) -> tuple[_Function, ...]:
    if file.suffix != ".py" or not file.is_file():
        return ()
    try:
        module = ast.parse(file.read_text(encoding="utf-8-sig", errors="replace"))
    except SyntaxError:
        return ()
    return tuple(node for node in ast.walk(module) if isinstance(node, _Function))


def _first_line(function: _Function) -> int:
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
