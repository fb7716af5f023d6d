"""Running a pipeline file and its dataset functions among the modules of their project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.abc import ExecutionLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from medallion_toolkit.errors import MedallionError, UnsupportedError
from medallion_toolkit.model import PythonSource, ReadMode
from medallion_toolkit.python.context import PipelineContext, entered, reads_into
from medallion_toolkit.python.declarations import DeclaredDataset, DeclaredFlow, QueryFunction
from medallion_toolkit.python.environment import ModuleEnvironment
from medallion_toolkit.python.failures import Trap, as_medallion_error
from medallion_toolkit.python.read_log import ReadLog
from medallion_toolkit.python.registered_functions import RegisteredFunction
from medallion_toolkit.python.runtime_modules import NoDbutils
from medallion_toolkit.python.source_code import ignored_magics, python_source
from medallion_toolkit.python.spark_proxy import SPARK


@dataclass(frozen=True)
class LoadedFile:
    """What one file declared, and the error that ended it early."""

    runner: FunctionRunner
    datasets: tuple[DeclaredDataset, ...]
    flows: tuple[DeclaredFlow, ...]
    error: MedallionError | None
    functions: tuple[RegisteredFunction, ...] = ()


@dataclass(frozen=True)
class SeenReads:
    """Reads of one function; `reads` is None where they are unknown, `streams` holds as far as it ran."""

    reads: tuple[tuple[str, ReadMode], ...] | None
    streams: bool
    error: MedallionError | None = None
    sources: tuple[PythonSource, ...] = ()


@dataclass(frozen=True)
class FunctionRunner:
    """Calls functions of one file the way they were loaded."""

    environment: ModuleEnvironment
    context: PipelineContext
    folder: Path

    def call(self, function: QueryFunction, *arguments: object) -> object:
        """The function's result; its failure as an error with the user's file and line."""
        with self.environment.active(self.folder), entered(self.context):
            try:
                return function(*arguments)
            except Exception as error:
                told = as_medallion_error(error)
                if told is error:
                    raise
                raise told from error

    def reads_of(self, function: QueryFunction) -> SeenReads:
        """What the function reads, found without a session."""
        log = ReadLog()
        with self.environment.active(self.folder), entered(self.context), reads_into(log), Trap() as trap:
            function()
        if isinstance(trap.error, MedallionError):
            return SeenReads(None, log.streams, as_medallion_error(trap.error))
        reads = tuple(log.reads) if trap.error is None else None
        return SeenReads(reads, log.streams, sources=tuple(log.sources))


def load_file(path: Path, number: int, environment: ModuleEnvironment, context: PipelineContext) -> LoadedFile:
    """Run one pipeline file and keep what it declared, also when it fails half way."""
    made = context.declarations
    datasets, flows, functions = len(made.datasets), len(made.flows), len(made.functions)
    runner = FunctionRunner(environment, context, path.parent)
    error = _run_file(path, f"pipeline_file_{number}_{path.stem}", runner)
    registered = tuple(replace(function, runner=runner) for function in made.functions[functions:])
    return LoadedFile(runner, tuple(made.datasets[datasets:]), tuple(made.flows[flows:]), error, registered)


def _note_magics(path: Path, context: PipelineContext) -> None:
    for place, found in ignored_magics(path):
        command = found.split()[0].lower()
        note = UnsupportedError(
            "MED255",
            f"Pipelines pass over cells with {command}, here and in the workspace.",
            place=place,
            found=found,
            help="pipeline SQL belongs into a file of its own"
            if command == "%sql"
            else "import what notebooks share from a Python module",
        )
        context.declarations.notes.append(note)


def _run_file(path: Path, name: str, runner: FunctionRunner) -> MedallionError | None:
    with runner.environment.active(runner.folder), entered(runner.context), Trap() as trap:
        loader = PipelineFileLoader(path)
        spec = spec_from_loader(name, loader)
        if spec is not None:
            module = module_from_spec(spec)
            runner.environment.add(module)
            loader.exec_module(module)
            _note_magics(path, runner.context)
    return None if trap.error is None else as_medallion_error(trap.error)


class PipelineFileLoader(ExecutionLoader):
    """Loads a pipeline file with `spark` and `dbutils` among its globals."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_filename(self, _fullname: str) -> str:
        return str(self._path)

    def get_source(self, _fullname: str) -> str:
        return python_source(self._path)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update(spark=SPARK, dbutils=NoDbutils())
        super().exec_module(module)
