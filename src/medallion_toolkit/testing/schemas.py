"""Columns of datasets whose rows a test gives."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.files.ddl import parse_ddl
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.project import Project
from medallion_toolkit.model import SqlQuery

if TYPE_CHECKING:
    from pyspark.sql.types import StructType


def schema_of(project: Project, key: str, binder: Binder) -> StructType:
    """The declared columns, else those the dataset's own query makes; ConfigError where there is neither."""
    node = project.graph.nodes[key]
    declared = [f"{quoted(column.name)} {column.type}" for column in node.dataset.columns if column.type]
    if declared and len(declared) == len(node.dataset.columns):
        return parse_ddl(", ".join(declared))
    if not node.flows or node.flows[0].query is None:
        raise ConfigError(
            "MED434",
            f"rows cannot be given for {project.display[key]}: its columns are not known",
            place=node.dataset.place,
            help="declare them in the table's column list, or give rows to the tables it reads",
        )
    with tempfile.TemporaryDirectory(prefix="medallion-empty-") as folder:
        return replace(binder, empty=Path(folder)).frame(node.flows[0]).schema


def reads_only_files(project: Project, node: Node, key: str) -> bool:
    """Whether the dataset has no input in the project but files: in a test they are not there."""
    queries = [flow.query for flow in node.flows]
    return not project.depends[key] and any(
        relation.kind == "files" for query in queries if isinstance(query, SqlQuery) for relation in query.relations
    )
