"""The modules a project's Python code sees: its own, apart from every other project's."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import ExitStack, chdir, contextmanager, redirect_stdout
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import TextIO, cast

from medallion_toolkit.python.api_modules import dlt_module, pipelines_module
from medallion_toolkit.python.context import is_active
from medallion_toolkit.python.pyspark_presence import is_pyspark_installed
from medallion_toolkit.python.pyspark_stub import stub_pyspark
from medallion_toolkit.python.runtime_modules import runtime_modules
from medallion_toolkit.python.spark_entry_points import replaced_entry_points

_PIPELINES = "pyspark.pipelines"
_LOCK = threading.RLock()
_SHARED = frozenset(sys.stdlib_module_names) | {"pyspark", "py4j", "delta", "medallion_toolkit"}


class ModuleEnvironment:
    """Keeps the modules loaded for one recording; `active` puts them in place for a block."""

    def __init__(self, root_path: Path, packages: Sequence[Path] = ()) -> None:
        self._root = root_path.absolute()
        self._modules: dict[str, ModuleType] = {}
        self._searched: tuple[list[str], list[str]] = ([], [str(folder.absolute()) for folder in packages])
        self._depth = 0

    @contextmanager
    def active(self, folder: Path | None = None) -> Iterator[None]:
        """For the block, imports find this project's modules, `dp`, `dlt` and a session that starts late.

        The working directory is the file's folder, as the workspace has it.
        """
        with _LOCK:
            if self._depth:
                yield
                return
            with ExitStack() as stack:
                self._depth += 1
                stack.callback(self._leave)
                stack.enter_context(chdir(folder or self._root))
                stack.enter_context(self._own_modules(folder))
                stack.enter_context(_pipeline_modules())
                stack.enter_context(_sent_whole(self._modules.values()))
                stack.enter_context(redirect_stdout(cast(TextIO, _UserOutput(sys.stdout))))
                yield

    def add(self, module: ModuleType) -> None:
        """Let a pipeline file's module be found by its name."""
        self._modules[module.__name__] = sys.modules[module.__name__] = module

    def _leave(self) -> None:
        self._depth -= 1

    @contextmanager
    def _own_modules(self, folder: Path | None) -> Iterator[None]:
        added = [str(self._root)] + ([str(folder.absolute())] if folder else [])
        path_before, bytecode_before = list(sys.path), sys.dont_write_bytecode
        first, last = self._searched
        hidden = _take_modules(_top_names([*added, *first, *last]))
        known = dict(sys.modules)
        sys.path[:] = [*dict.fromkeys([*first, *added]), *path_before, *last]
        sys.dont_write_bytecode = True
        importlib.invalidate_caches()
        sys.modules.update(self._modules)
        try:
            yield
        finally:
            self._keep_own(known, path_before, added)
            self._searched = _new_entries(path_before, added)
            sys.path[:] = path_before
            sys.dont_write_bytecode = bytecode_before
            sys.modules.update(hidden)

    def _keep_own(self, known: dict[str, ModuleType], path_before: list[str], added: Sequence[str]) -> None:
        entries = [str(Path(entry).absolute()) for entry in sys.path]
        own_entries = [entry for entry in entries if entry in added or entry not in path_before]
        for name, module in list(sys.modules.items()):
            if known.get(name) is module:
                continue
            if name in self._modules or _home_of(module, entries) in own_entries:
                self._modules[name] = module
                del sys.modules[name]
        missing = {name: module for name, module in known.items() if name not in sys.modules}
        sys.modules.update(missing)


class _UserOutput:
    """A stdout that sends what pipeline code prints to stderr; other threads keep theirs."""

    def __init__(self, own: TextIO) -> None:
        self._own = own

    def __getattr__(self, name: str) -> object:
        return getattr(sys.stderr if is_active() else self._own, name)


@contextmanager
def _sent_whole(modules: Iterable[ModuleType]) -> Iterator[None]:
    """For the block, UDFs of these modules travel to Spark's workers with their code, not by name."""
    cloudpickle = sys.modules.get("pyspark.cloudpickle")
    names = [module for module in modules if module.__name__ in sys.modules] if cloudpickle else []
    for module in names:
        attrgetter("register_pickle_by_value")(cloudpickle)(module)
    try:
        yield
    finally:
        for module in names:
            attrgetter("unregister_pickle_by_value")(cloudpickle)(module)


@contextmanager
def _pipeline_modules() -> Iterator[None]:
    hidden = _take_api_modules()
    with ExitStack() as stack:
        stack.enter_context(stub_pyspark() if not is_pyspark_installed() else replaced_entry_points())
        pyspark = importlib.import_module("pyspark")
        stack.enter_context(_attribute(pyspark, "pipelines", pipelines_module()))
        sys.modules[_PIPELINES] = pipelines_module()
        sys.modules["dlt"] = dlt_module()
        stack.enter_context(runtime_modules())
        try:
            yield
        finally:
            _take_api_modules()
            sys.modules.update(hidden)


@contextmanager
def _attribute(module: ModuleType, name: str, value: object) -> Iterator[None]:
    had, before = name in vars(module), vars(module).get(name)
    setattr(module, name, value)
    try:
        yield
    finally:
        if had:
            setattr(module, name, before)
        else:
            delattr(module, name)


def _new_entries(path_before: Sequence[str], added: Sequence[str]) -> tuple[list[str], list[str]]:
    """What the code put on sys.path, in front of what was there and behind it; later code finds it again."""
    start = next((index for index, entry in enumerate(sys.path) if entry in path_before), len(sys.path))
    new = [
        (str(Path(entry).absolute()), index < start) for index, entry in enumerate(sys.path) if entry not in path_before
    ]
    kept = [(entry, in_front) for entry, in_front in new if entry not in added]
    return [entry for entry, in_front in kept if in_front], [entry for entry, in_front in kept if not in_front]


def _take_modules(top_names: Set[str]) -> dict[str, ModuleType]:
    """Remove packages and modules with all that is below them."""
    taken = [name for name in sys.modules if name.partition(".")[0] in top_names]
    return {name: sys.modules.pop(name) for name in taken}


def _take_api_modules() -> dict[str, ModuleType]:
    taken = [name for name in sys.modules if name.startswith(_PIPELINES)]
    return {name: sys.modules.pop(name) for name in taken} | _take_modules({"dlt"})


def _top_names(folders: Sequence[str]) -> set[str]:
    names = {
        item.stem
        for folder in folders
        if Path(folder).is_dir()
        for item in Path(folder).iterdir()
        if item.is_dir() or item.suffix == ".py"
    }
    return {name for name in names if name.isidentifier()} - _SHARED


def _home_of(module: ModuleType, path: Sequence[str]) -> str | None:
    spec = getattr(module, "__spec__", None)
    locations = list(getattr(module, "__path__", []) or [])
    origin = getattr(module, "__file__", None) or (locations[0] if locations else None)
    if spec is None or not isinstance(origin, str):
        return None
    homes = [entry for entry in path if entry and Path(origin).is_relative_to(entry)]
    return max(homes, key=len, default=None)
