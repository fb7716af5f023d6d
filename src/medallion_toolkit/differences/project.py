"""All differences of a project, found without Spark and without running anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.differences.declarations import declared_differences
from medallion_toolkit.differences.job_sql import job_differences
from medallion_toolkit.differences.model import Difference
from medallion_toolkit.differences.refusals import engine_differences, problem_differences, recorded_differences
from medallion_toolkit.differences.settings import bundle_differences
from medallion_toolkit.differences.sources import python_differences, sql_differences
from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.graph.build import build_graph
from medallion_toolkit.graph.sql_files import is_sql_file
from medallion_toolkit.project.without_bundle import TARGET, local_bundle

if TYPE_CHECKING:
    from medallion_toolkit.graph.model import Graph
    from medallion_toolkit.project.bundle import Bundle

ALWAYS = (
    Difference("not_shown", "permissions", "grants, ownership and who may run what: a run here reads and writes all"),
    Difference("not_shown", "quotas", "files of a pipeline, datasets updated side by side, updates of a workspace"),
    Difference("not_shown", "cost", "compute, budgets and the sizing of serverless"),
    Difference("not_shown", "lineage in the catalog", "and what the catalog's pages show of tables"),
    Difference("not_shown", "predictive optimization", "OPTIMIZE, VACUUM and statistics that the workspace decides on"),
    Difference("not_shown", "incremental refresh", "which part of a materialized view is computed; all of it here"),
    Difference("not_shown", "row-level concurrency", "conflicts with writers outside of the pipeline"),
    Difference("not_shown", "Photon", "speed; results come from open-source Spark"),
)


@dataclass(frozen=True)
class Differences:
    """What was found for one project and target; `found` is in the order of kinds, files and lines."""

    project: str
    target: str
    found: tuple[Difference, ...]

    @property
    def is_refused(self) -> bool:
        """Whether something of the project does not run here."""
        return any(each.kind == "refused" for each in self.found)


def project_differences(folder: Path, target: str | None = None) -> Differences:
    """Everything that a local run of the project does otherwise, refuses or leaves out."""
    bundle = local_bundle(folder, target)
    graph, problems = _graph(folder, bundle)
    found = [*problems, *_of_files(bundle), *_of_graph(graph, bundle), *_of_bundle(bundle)]
    unique = dict.fromkeys(_relative(each, bundle.root) for each in found)
    order = {"refused": 0, "translated": 1, "not_shown": 2}
    ranked = sorted(unique, key=lambda each: (order[each.kind], *_position(each)))
    return Differences(bundle.name, bundle.target, (*ranked, *ALWAYS))


def _graph(folder: Path, bundle: Bundle) -> tuple[Graph, tuple[Difference, ...]]:
    """The graph, also of a project that cannot be run, and what is in the way."""
    from medallion_toolkit.engine.local_spark import LocalSpark
    from medallion_toolkit.engine.store import Store
    from medallion_toolkit.graph.project import load_project

    state = folder / ".medallion"
    try:
        exists = Store.open(state).exists if state.exists() else None
        return load_project(folder, bundle.target, lambda _key: LocalSpark, exists).graph, ()
    except MedallionError as error:
        return build_graph(bundle, lambda _key: LocalSpark), problem_differences(error)


def _of_files(bundle: Bundle) -> Iterator[Difference]:
    for pipeline in bundle.pipelines:
        for file in pipeline.files:
            path = file.relative_to(bundle.root).as_posix() if file.is_relative_to(bundle.root) else str(file)
            yield from sql_differences(file, path) if is_sql_file(file) else python_differences(file, path)


def _of_graph(graph: Graph, bundle: Bundle) -> Iterator[Difference]:
    for node in graph.nodes.values():
        yield from declared_differences(node)
    yield from engine_differences(graph, bundle)
    yield from recorded_differences(graph)
    for note in graph.notes:
        yield Difference("not_shown", note.message.rstrip("."), note.help or "", note.place)


def _of_bundle(bundle: Bundle) -> Iterator[Difference]:
    if bundle.targets != (TARGET,) or bundle.resources:
        yield from bundle_differences(bundle.root, bundle.target)
        yield from job_differences(bundle)


def _relative(found: Difference, root: Path) -> Difference:
    place = found.place
    if place is None or not Path(place.path).is_relative_to(root):
        return found
    path = Path(place.path).relative_to(root).as_posix()
    return Difference(
        found.kind, found.what, found.meaning, Place(path, place.line, place.column, place.length), found.code
    )


def _position(found: Difference) -> tuple[str, int, int, str]:
    place = found.place or Place("")
    return place.path, place.line, place.column, found.what
