"""The `fidelity` marks of the tests, read from their source: which behaviour each test proves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from medallion_toolkit.errors import Place

Verdict = Literal["same", "refused", "not shown"]
_ARGUMENTS = ("source", "verdict", "code")
_NOT_RUN = ("skip", "skipif", "xfail", "long")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class _Source:
    """A test file: its lines and the constants at its top."""

    path: str
    lines: list[str]
    constants: dict[str, ast.stmt]

    def literal(self, node: ast.expr) -> str | None:
        """The text of a literal, or of a constant of this file that is one."""
        if isinstance(node, ast.Name):
            assigned = self.constants.get(node.id)
            node = assigned.value if isinstance(assigned, ast.Assign) else node
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

    def text(self, node: ast.expr | ast.stmt) -> str:
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])


@dataclass(frozen=True)
class FidelityMark:
    """One row of docs/fidelity.md: a statement about the platform and the test that proves it.

    `test` is the function's name within its file, with its class if it has one; `body` the source of the test
    without its marks, with its parameters and the constants it names; `left_out` the marks that keep it out of
    `make test`.
    """

    statement: str
    source: str
    verdict: Verdict
    code: str | None
    place: Place
    test: str
    body: str
    left_out: tuple[str, ...]

    @property
    def is_collected(self) -> bool:
        """Whether pytest takes the test by its names."""
        file = self.place.path.rsplit("/", 1)[-1]
        inside = self.test.split("::")
        return file.startswith("test_") and inside[-1].startswith("test") and all(n[:4] == "Test" for n in inside[:-1])


def fidelity_marks(root: Path, folder: str = "tests") -> tuple[FidelityMark, ...]:
    """Every mark below `folder`, by file and line. A wrong one is a ValueError with its place."""
    files = sorted((root / folder).rglob("test_*.py"))
    return tuple(mark for file in files for mark in _of_file(file, file.relative_to(root).as_posix()))


def _of_file(file: Path, path: str) -> Iterator[FidelityMark]:
    text = file.read_text(encoding="utf-8")
    if "fidelity" not in text:
        return
    module = ast.parse(text, path)
    source = _Source(path, text.splitlines(), _constants(module))
    everywhere = tuple(name for name in _NOT_RUN if name in _module_marks(module))
    for function, name, outer in _tests(module.body, "", everywhere):
        for decorator in function.decorator_list:
            if _mark_name(decorator) == "fidelity":
                yield _mark(decorator, function, name, outer, source)


def _constants(module: ast.Module) -> dict[str, ast.stmt]:
    """What the module assigns at its top, by name."""
    return {
        target.id: node
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _tests(
    body: list[ast.stmt], prefix: str, outer: tuple[str, ...]
) -> Iterator[tuple[_Function, str, tuple[str, ...]]]:
    for node in body:
        if isinstance(node, _Function):
            yield node, prefix + node.name, (*outer, *_left_out(node))
        elif isinstance(node, ast.ClassDef):
            yield from _tests(node.body, f"{prefix}{node.name}::", (*outer, *_left_out(node)))


def _left_out(node: _Function | ast.ClassDef) -> tuple[str, ...]:
    names = (_mark_name(decorator) for decorator in node.decorator_list)
    return tuple(name for name in names if name in _NOT_RUN)


def _module_marks(module: ast.Module) -> set[str]:
    """Names of the marks in `pytestmark = …`."""
    values = [
        node.value
        for node in module.body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
    ]
    return {each.attr for value in values for each in ast.walk(value) if isinstance(each, ast.Attribute)}


def _mark_name(decorator: ast.expr) -> str:
    """`fidelity` for `@pytest.mark.fidelity(…)`; empty for other decorators."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Attribute):
        return ""
    return called.attr if called.value.attr == "mark" else ""


def _mark(decorator: ast.expr, function: _Function, name: str, outer: tuple[str, ...], source: _Source) -> FidelityMark:
    place = Place(source.path, decorator.lineno, decorator.col_offset + 1)
    statement, values = _literals(decorator, source, place)
    verdict, code = values.get("verdict", ""), values.get("code")
    if verdict not in get_args(Verdict):
        raise _wrong(place, f"verdict {verdict or 'missing'}", "verdict: " + ", ".join(get_args(Verdict)))
    if (verdict == "refused") != (code is not None):
        raise _wrong(place, f"{verdict} with code {code}", 'code="MED…" exactly where the verdict is "refused"')
    if not statement or "source" not in values:
        raise _wrong(
            place, "a mark without statement or source", 'fidelity("statement", source="page", verdict="same")'
        )
    return FidelityMark(
        statement.strip().rstrip("."),
        values["source"],
        cast(Verdict, verdict),
        code,
        Place(source.path, function.lineno),
        name,
        _body(function, source),
        outer,
    )


def _literals(decorator: ast.expr, source: _Source, place: Place) -> tuple[str, dict[str, str]]:
    call = decorator if isinstance(decorator, ast.Call) else None
    values = {word.arg or "**": word.value for word in call.keywords} if call else {}
    given = [*(call.args if call else ()), *values.values()]
    literals = [text for each in given if (text := source.literal(each)) is not None]
    known = all(name in _ARGUMENTS for name in values)
    if call is None or len(call.args) != 1 or not known or len(literals) != len(given):
        raise _wrong(
            place,
            ast.unparse(decorator),
            "one statement, source, verdict and code, all as literal text or constants of the file",
        )
    return literals[0], dict(zip(values, literals[1:], strict=True))


def _body(function: _Function, source: _Source) -> str:
    """What the test does, and the parameters it does it with."""
    parameters = [decorator for decorator in function.decorator_list if _mark_name(decorator) != "fidelity"]
    own: list[ast.expr | ast.stmt] = [*parameters, *function.body]
    named = {node.id for part in own for node in ast.walk(part) if isinstance(node, ast.Name)}
    constants = [node for name, node in source.constants.items() if name in named]
    return "\n".join(source.text(part) for part in (*own, *constants))


def _wrong(place: Place, found: str, expected: str) -> ValueError:
    return ValueError(f"{place}: wrong fidelity mark: found {found}; expected {expected}")
