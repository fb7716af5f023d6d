"""Run a pipeline's Python files and get what they declare; a session starts only when code touches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Dataset, Flow
from medallion_toolkit.python.assembly import Assembler
from medallion_toolkit.python.context import PipelineContext
from medallion_toolkit.python.environment import ModuleEnvironment
from medallion_toolkit.python.loading import load_file
from medallion_toolkit.python.opened_files import project_files, watched_files
from medallion_toolkit.python.registered_functions import RegisteredFunction


@dataclass(frozen=True)
class Recording:
    """What a pipeline's Python files declare. `notes` are refusals that stop nothing else.

    `functions` are those that its SQL may call by name.
    """

    datasets: tuple[Dataset, ...]
    flows: tuple[Flow, ...]
    opened_files: tuple[Path, ...]
    errors: tuple[MedallionError, ...]
    notes: tuple[MedallionError, ...] = ()
    functions: tuple[RegisteredFunction, ...] = ()


def record(
    files: Sequence[Path],
    *,
    root_path: Path,
    configuration: Mapping[str, str],
    catalog: str,
    schema: str,
    pipeline: str,
    session: Callable[[], object] | None = None,
    project_root: Path | None = None,
    packages: Sequence[Path] = (),
) -> Recording:
    """The datasets and flows of the files, and every file of the project that was read on the way.

    `packages` are folders that are searched for modules after all others. `session` gives what stands for the
    SparkSession; it is called only when code needs one. Queries of the result run among the same modules,
    whenever they are called.
    """
    context = PipelineContext(root_path, configuration, catalog, schema, pipeline, session)
    environment = ModuleEnvironment(root_path, packages)
    with watched_files() as opened:
        loaded = [load_file(path, number, environment, context) for number, path in enumerate(files, start=1)]
        context.is_loading = False
        assembly = Assembler(context, loaded).assemble()
    failures = [file.error for file in loaded if file.error is not None]
    return Recording(
        datasets=assembly.datasets,
        flows=assembly.flows,
        opened_files=project_files(opened, project_root or root_path),
        errors=(*failures, *assembly.errors),
        notes=tuple(context.declarations.notes),
        functions=tuple(function for file in loaded for function in file.functions),
    )
