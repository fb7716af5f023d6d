"""A project's own rules and patterns: modules named in pyproject.toml, imported when a contract is read first.

    [tool.medallion]
    rules = ["shop_rules"]          # shop_rules.py in the project's folder

What such a module declares with `@rule`, `@row_rule` or `@pattern`, or lists in `RULES` and `PATTERNS`, is known to
contracts like the library. The module is imported apart: `from medallion import rule` in it means this copy of the
package, whatever other copies the process has.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import RLock
from types import FunctionType, ModuleType

from ..errors import MedallionContractError, Position, did_you_mean

_PACKAGE = __name__.partition(".")[0]
_FOLDER = Path(__file__).absolute().parents[2]
_LOCK = RLock()
_COLLECTED: list[Declared] = []


@dataclass(frozen=True)
class Declared:
    """What an own module declares, and where."""

    value: object
    position: Position


def declare(value: object, function: FunctionType) -> None:
    """Keep what a decorator made out of a function, with the function's place."""
    _COLLECTED.append(Declared(value, position_of(function)))


def position_of(function: FunctionType) -> Position:
    """Where a function stands, from the project's folder."""
    return Position(_shown(Path(function.__code__.co_filename)), function.__code__.co_firstlineno)


@cache
def own_declarations() -> tuple[Declared, ...]:
    """Everything that the own modules of this project declare, in their order; none without an entry."""
    return tuple(one for name in _listed(_FOLDER / "pyproject.toml") for one in _declared_by(name))


def _listed(settings: Path) -> tuple[str, ...]:
    if not settings.is_file():
        return ()
    try:
        read = tomllib.loads(settings.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unusable(Position(settings.name), "pyproject.toml is not valid TOML", found=str(error)) from None
    names = read.get("tool", {}).get("medallion", {}).get("rules", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise _unusable(
            Position(settings.name),
            "rules of [tool.medallion] is a list of modules",
            found=str(names),
            expected='rules = ["shop_rules"]',
        )
    return tuple(names)


def _declared_by(name: str) -> tuple[Declared, ...]:
    file = _FOLDER / f"{name}.py"
    if not file.is_file():
        known = [path.stem for path in sorted(_FOLDER.glob("*.py"))]
        raise _unusable(
            Position("pyproject.toml"),
            f"there is no module {name}",
            found=name,
            expected=file.name,
            help=did_you_mean(name, known) or "the module stands in the project's folder, beside pyproject.toml",
        )
    with _LOCK, _as_medallion():
        _COLLECTED.clear()
        module = _imported(name, file)
        listed = [*getattr(module, "RULES", ()), *getattr(module, "PATTERNS", ())]
        return (*_COLLECTED, *(Declared(value, Position(file.name)) for value in listed))


def _imported(name: str, file: Path) -> ModuleType:
    alias = f"{_PACKAGE}__own_{name}"
    spec = spec_from_file_location(alias, file)
    if spec is None or spec.loader is None:
        raise _unusable(Position(file.name), f"the module {name} cannot be imported")
    module = sys.modules[alias] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except MedallionContractError:
        raise
    except SyntaxError as error:
        place = Position(file.name, error.lineno or 0)
        raise _unusable(place, f"{file.name} is not valid Python", found=error.msg) from None
    except Exception as error:
        place = Position(file.name, _line_in(file, error))
        raise _unusable(place, f"{file.name} cannot be imported", found=f"{type(error).__name__}: {error}") from error
    return module


@contextmanager
def _as_medallion() -> Iterator[None]:
    """While it lasts, `medallion` and its modules are this copy of the package."""
    mine = {name: module for name, module in sys.modules.items() if name.split(".")[0] == _PACKAGE}
    others = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "medallion"}
    for name in others:
        del sys.modules[name]
    aliases = {"medallion" + name[len(_PACKAGE) :]: module for name, module in mine.items()}
    sys.modules.update(aliases)
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "medallion"]:
            del sys.modules[name]
        sys.modules.update(others)


def _line_in(file: Path, error: BaseException) -> int:
    """The last line of the file on the way to the error."""
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == str(file):
            line = step.tb_lineno
        step = step.tb_next
    return line


def _shown(path: Path) -> str:
    return path.relative_to(_FOLDER).as_posix() if path.is_relative_to(_FOLDER) else str(path)


def _unusable(
    position: Position, message: str, *, found: str | None = None, expected: str | None = None, help: str | None = None
) -> MedallionContractError:
    return MedallionContractError("MED390", message, position, found=found, expected=expected, help=help)
