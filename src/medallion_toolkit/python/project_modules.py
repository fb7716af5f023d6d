"""The project's own helper package, loaded apart from every other copy of it."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import ModuleType

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.python.failures import as_medallion_error, translated

__all__ = ["SUPPORTED_INTERFACES", "project_package", "translated"]

SUPPORTED_INTERFACES = frozenset({2})

_NUMBERS = count(1)


@dataclass(frozen=True)
class _Copy:
    fingerprint: tuple[tuple[str, int, int], ...]
    module: ModuleType


_LOADED: dict[Path, _Copy] = {}


def project_package(project_root: Path, name: str = "medallion") -> ModuleType:
    """The package as it stands in the project now; an edited file gives a new copy.

    Its modules import each other relatively (`from .rules import …`), so copies of several projects
    live side by side in one process.
    """
    folder = (project_root / name).absolute()
    fingerprint = _fingerprint(folder)
    known = _LOADED.get(folder)
    if known is None or known.fingerprint != fingerprint:
        known = _LOADED[folder] = _Copy(fingerprint, _load(folder, name))
    return known.module


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    # Own rules stand beside the package, in modules that pyproject.toml names.
    beside = [*folder.parent.glob("*.py"), *folder.parent.glob("pyproject.toml")]
    stats = ((path, path.stat()) for path in sorted([*folder.rglob("*.py"), *beside]))
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


def _load(folder: Path, name: str) -> ModuleType:
    init = folder / "__init__.py"
    if not init.is_file():
        raise PipelineError(
            "MED260",
            f"The project has no package {name}.",
            place=Place(str(folder)),
            expected=f"{name}/__init__.py, the helper modules every project carries",
            next="medallion upgrade",
        )
    module = _import_apart(init, f"{name}__{next(_NUMBERS)}")
    _check_interface(module, init, name)
    return module


def _import_apart(init: Path, alias: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(alias, init, submodule_search_locations=[str(init.parent)])
    if spec is None or spec.loader is None:
        raise PipelineError("MED260", "The package cannot be loaded.", place=Place(str(init)))
    module = importlib.util.module_from_spec(spec)
    sys.modules[alias] = module
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[alias]
        raise as_medallion_error(error) from error
    finally:
        sys.dont_write_bytecode = writes_bytecode
    return module


def _check_interface(module: ModuleType, init: Path, name: str) -> None:
    number = getattr(module, "INTERFACE", None)
    if number in SUPPORTED_INTERFACES:
        return
    raise PipelineError(
        "MED261",
        f"The helper package {name} speaks interface {number}, this toolkit speaks another.",
        place=Place(str(init)),
        found=f"INTERFACE = {number}",
        expected=" or ".join(str(known) for known in sorted(SUPPORTED_INTERFACES)),
        next="medallion upgrade",
    )
