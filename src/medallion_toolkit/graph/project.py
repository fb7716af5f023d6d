"""A project as every command sees it: the bundle for one target, its graph, and names for the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, PipelineError, Place, nearest, raise_all
from medallion_toolkit.graph.build import SessionSource, build_graph, resolve, sql_reads
from medallion_toolkit.graph.contracts import Contracts, check_contracts, load_contracts
from medallion_toolkit.graph.model import Graph, Node, Read
from medallion_toolkit.graph.order import cycle_error, dependencies, find_cycle
from medallion_toolkit.graph.privacy import hidden_from, hidden_input
from medallion_toolkit.graph.replays import without_idle_replays
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.project.local_settings import recorded_table

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle


@dataclass(frozen=True)
class Project:
    """`depends` gives for each node the keys it reads, `display` its name on screen."""

    bundle: Bundle
    graph: Graph
    depends: Mapping[str, tuple[str, ...]]
    display: Mapping[str, str]
    contracts: Contracts

    def shown(self, name: str) -> str:
        """A full workspace name as users know it."""
        from medallion_toolkit.project.bundle import display_name

        return display_name(self.bundle, name)

    def defaults(self) -> dict[str, tuple[str, str]]:
        return pipeline_defaults(self.bundle)


def pipeline_defaults(bundle: Bundle) -> dict[str, tuple[str, str]]:
    """Catalog and schema of each pipeline."""
    return {pipeline.key: (pipeline.catalog, pipeline.schema) for pipeline in bundle.pipelines}


def load_project(
    folder: Path,
    target: str | None = None,
    session: SessionSource | None = None,
    exists: Callable[[str], bool] | None = None,
) -> Project:
    """The project in `folder`, checked: every problem of files and graph is raised together.

    `exists` says whether a table that no pipeline makes is there all the same.
    """
    project, problems = read_project(folder, target, session, exists)
    raise_all(problems)
    return project


def read_project(
    folder: Path,
    target: str | None = None,
    session: SessionSource | None = None,
    exists: Callable[[str], bool] | None = None,
) -> tuple[Project, tuple[MedallionError, ...]]:
    """The project as far as it can be read, with every problem of its files and graph; a bad bundle is raised."""
    from medallion_toolkit.project.without_bundle import local_bundle

    project = project_of(local_bundle(folder, target), session, exists)
    problems = [*project.graph.errors, *project.contracts.errors]
    if not problems:
        problems += _missing_inputs(project, exists)
        problems += check_contracts(project.contracts, project.graph)
        cycle = find_cycle(project.depends)
        problems += [cycle_error(project.graph, cycle)] if cycle else []
    return project, tuple(problems)


def project_of(
    bundle: Bundle, session: SessionSource | None = None, exists: Callable[[str], bool] | None = None
) -> Project:
    """The project that a bundle describes, unchecked; its names are those of the bundle."""
    from medallion_toolkit.project.bundle import display_name

    graph = without_idle_replays(build_graph(bundle, session), bundle.pipelines, exists)
    depends = dependencies(graph, pipeline_defaults(bundle))
    display = {key: display_name(bundle, node.name) for key, node in graph.nodes.items()}
    return Project(bundle, graph, depends, display, load_contracts(bundle))


def _missing_inputs(project: Project, exists: Callable[[str], bool] | None) -> list[MedallionError]:
    defaults = project.defaults()
    found: list[MedallionError] = []
    for node in project.graph.nodes.values():
        for read in node.reads or ():
            if resolve(project.graph, node, read, defaults) is not None:
                continue
            hidden = hidden_from(project.graph, node.dataset.pipeline, read.name, read.full)
            if hidden is not None:
                found.append(hidden_input(hidden, project.shown(read.name), _place_of(node, read)))
            elif recorded_table(project.bundle.local.sources, read.full) is None and not (exists and exists(read.full)):
                found.append(_missing_input(project, node, read))
    return found


def _missing_input(project: Project, node: Node, read: Read) -> MedallionError:
    shown = project.shown(read.name)
    close = nearest(shown, set(project.display.values()))
    return PipelineError(
        "MED401",
        f"{project.shown(node.name)} reads {shown}, which no pipeline of the project makes",
        place=_place_of(node, read),
        help=f"did you mean {close}?" if close and not _is_foreign(project, read) else _recording(read.full),
    )


def _is_foreign(project: Project, read: Read) -> bool:
    """Whether the table stands in a catalog that the project writes nothing to."""
    own = {node.name.partition(".")[0] for node in project.graph.nodes.values() if node.name.count(".") == 2}
    return read.full.partition(".")[0] not in own


def _recording(table: str) -> str:
    """How rows of a table outside the project come to be read."""
    folder = table.partition(".")[2].replace(".", "/")
    return (
        "add the file that makes it, or correct the name; rows of a table outside the project are recorded in "
        f'pyproject.toml: [tool.medallion.local.sources] "{table}" = "fixtures/{folder}"'
    )


def _place_of(node: Node, read: Read) -> Place:
    """Where the node's query names what it reads, or where the node is defined."""
    for flow in node.flows:
        query = flow.query
        if not isinstance(query, SqlQuery):
            continue
        for relation in query.relations:
            if relation.kind == "table" and read in sql_reads(replace(query, relations=(relation,))):
                return Place(query.place.path, relation.span.line, relation.span.column, len(relation.name))
    return node.dataset.place
