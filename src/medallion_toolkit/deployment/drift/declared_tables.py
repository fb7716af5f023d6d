"""What the code says of each table: its columns, comments and properties, by column lists or contracts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medallion_toolkit.graph.model import Node, is_published
from medallion_toolkit.graph.project import Project
from medallion_toolkit.python.helper_contract import Contract

ALSO_CALLED = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint", "bool": "boolean"}
_SYNONYM = re.compile(r"\b(" + "|".join(ALSO_CALLED) + r")\b")


@dataclass(frozen=True)
class DeclaredColumn:
    """A column; `type` and `comment` are None where nothing is said."""

    name: str
    type: str | None = None
    comment: str | None = None


@dataclass(frozen=True)
class DeclaredTable:
    """A table by its name on screen and in the workspace.

    `columns` is empty where only the query decides. `is_asserted` says that a contract speaks of a table that an
    SQL file makes: comments are then set by jobs/governance.sql, and columns that begin with `_` need no entry.
    """

    shown: str
    name: str
    pipeline: str
    kind: str
    columns: Mapping[str, DeclaredColumn]
    comment: str | None
    properties: Mapping[str, str]
    is_asserted: bool = False


def declared_tables(project: Project) -> Iterator[DeclaredTable]:
    """Every table and view of the project that is in the catalog and not private."""
    contracts = project.contracts.by_table
    for key, node in project.graph.nodes.items():
        if not is_published(node.dataset) or node.dataset.private or node.name.count(".") != 2:
            continue
        contract = contracts.get(node.name.lower())
        asserting = contract if contract is not None and contract.source is None else None
        yield _declared(project.display[key], node, asserting)


def _declared(shown: str, node: Node, contract: Contract | None) -> DeclaredTable:
    dataset = node.dataset
    columns = [DeclaredColumn(one.name, one.type, one.comment) for one in dataset.columns]
    if contract is not None:
        columns = [DeclaredColumn(one.name, one.type.sql, one.description) for one in contract.columns]
    return DeclaredTable(
        shown=shown,
        name=node.name,
        pipeline=dataset.pipeline,
        kind=dataset.kind,
        columns={one.name.lower(): one for one in columns},
        comment=contract.description if contract is not None else dataset.comment,
        properties=dict(dataset.properties),
        is_asserted=contract is not None,
    )


def plain_type(text: str) -> str:
    """A type in one spelling.

    >>> plain_type("STRUCT<`a`: INTEGER, b: DECIMAL(12, 2)>")
    'struct<a:int,b:decimal(12,2)>'
    """
    bare = re.sub(r"[\s`]+", "", text.lower())
    return _SYNONYM.sub(lambda match: ALSO_CALLED[match[1]], bare)
