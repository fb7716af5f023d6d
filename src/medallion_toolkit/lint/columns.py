"""Which columns a dataset has and which of them are text, as far as files say; what is not certain is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.graph.build import resolve, sql_reads
from medallion_toolkit.graph.model import Node
from medallion_toolkit.lint.project import LintProject
from medallion_toolkit.model import Relation, Span, SqlQuery
from medallion_toolkit.sql.columns import OutputItem, output_columns, output_items
from medallion_toolkit.sql.literals import name_value
from medallion_toolkit.sql.statements import QueryText
from medallion_toolkit.sql.tokens import Token

Columns = Mapping[str, str | None]
TEXT = "STRING"
_TEXT_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        """TRIM BTRIM LTRIM RTRIM LOWER UPPER INITCAP REPLACE TRANSLATE REGEXP_REPLACE REGEXP_EXTRACT REGEXP_SUBSTR
        SUBSTRING SUBSTR SPLIT_PART GET_JSON_OBJECT""",
    )
)
RESCUED = "_rescued_data"


@dataclass(frozen=True)
class KnownColumns:
    """Columns in lower case with their type in upper case, None for a type nobody says; asked once per dataset."""

    project: LintProject
    found: dict[str, Columns | None] = field(default_factory=dict)

    def of(self, key: str) -> Columns | None:
        """The columns of a dataset; None when files do not say all of them."""
        if key not in self.found:
            self.found[key] = None
            self.found[key] = self._read(self.project.graph.nodes[key])
        return self.found[key]

    def of_relation(self, node: Node, query: SqlQuery, relation: Relation) -> Columns | None:
        """The columns of what a query of `node` reads."""
        if relation.kind == "files":
            return self._of_files(relation, query)
        key = self.source(node, query, relation)
        return None if key is None else self.of(key)

    def source(self, node: Node, query: SqlQuery, relation: Relation) -> str | None:
        """Key of the dataset that the relation names; None when no pipeline of the project makes it."""
        if relation.kind != "table":
            return None
        try:
            reads = sql_reads(replace(query, relations=(relation,)))
        except MedallionError:
            return None
        return resolve(self.project.graph, node, reads[0], self.project.project.defaults()) if reads else None

    def _read(self, node: Node) -> Columns | None:
        dataset = node.dataset
        if dataset.columns and all(column.type for column in dataset.columns):
            return {column.name.lower(): str(column.type).upper() for column in dataset.columns}
        query = node.flows[0].query if len(node.flows) == 1 else None
        if not isinstance(query, SqlQuery) or not node.name:
            return None
        text = QueryText(query.text, Span(0, len(query.text), 1, 1), query.relations)
        items = output_items(text)
        if items is None:
            return None
        if not any(_is_star(item) for item in items):
            names = output_columns(text)
            types = {item.name.lower(): self.type_of(node, query, item.tokens) for item in items if item.name}
            return None if names is None else {name.lower(): types.get(name.lower()) for name in names}
        return self._expanded(node, query, items)

    def _expanded(self, node: Node, query: SqlQuery, items: Sequence[OutputItem]) -> Columns | None:
        """A list with stars over one plain relation; other stars may bring anything."""
        words = re.findall(r"\bSELECT\b", query.text, re.IGNORECASE)
        if len(query.relations) != 1 or len(words) != 1:
            return None
        source = self.of_relation(node, query, query.relations[0])
        found: dict[str, str | None] = {}
        for item in items:
            if _is_star(item):
                if source is None or item.tokens[-1].key != "*":
                    return None
                found.update(source)
            elif item.name is None:
                return None
            else:
                found[item.name.lower()] = self.type_of(node, query, item.tokens)
        return found

    def type_of(self, node: Node, query: SqlQuery, tokens: Sequence[Token]) -> str | None:
        """STRING for a column or function that surely gives text; None for everything else."""
        bare = tokens[:-2] if len(tokens) > 2 and tokens[-2].key == "AS" else tokens
        if len(bare) > 2 and bare[0].key in _TEXT_FUNCTIONS and bare[1].key == "(" and bare[-1].key == ")":
            return TEXT
        if len(bare) == 1 and bare[0].kind in ("word", "quoted"):
            return self._type_of_column(node, query, name_value(bare[0]), None)
        if len(bare) == 3 and bare[1].key == ".":
            return self._type_of_column(node, query, name_value(bare[2]), name_value(bare[0]))
        return None

    def _type_of_column(self, node: Node, query: SqlQuery, name: str, qualifier: str | None) -> str | None:
        types = set()
        for relation in query.relations:
            if qualifier is not None and called(relation) != qualifier.lower():
                continue
            columns = self.of_relation(node, query, relation)
            if columns is None:
                return None
            if name.lower() in columns:
                types.add(columns[name.lower()])
        return types.pop() if len(types) == 1 else None

    def _of_files(self, relation: Relation, query: SqlQuery) -> Columns | None:
        from medallion_toolkit.errors import Place
        from medallion_toolkit.python.schema_text import read_schema_text
        from medallion_toolkit.sql.substitution import substitute

        schema = relation.arguments.get("schema")
        if not schema:
            return None
        try:
            path = substitute(relation.path or "", query.configuration, query.place)
            columns = read_schema_text(schema, Place("schema")).columns
        except MedallionError:
            return None
        if self._has_partitions(path):
            return None
        rescued = relation.arguments.get("rescuedDataColumn", RESCUED).lower()
        typed: dict[str, str | None] = {one.name.lower(): str(one.type).upper() for one in columns}
        return {**typed, rescued: TEXT, "_metadata": None}

    def _has_partitions(self, path: str) -> bool:
        """Whether folders like `day=2026-11-21` add columns."""
        if "=" in path:
            return True
        for shown, folder in self.project.project.bundle.local_folders.items():
            if path == shown or path.startswith(f"{shown}/"):
                return any(Path(folder, path[len(shown) :].strip("/")).glob("*=*"))
        return False


def called(relation: Relation) -> str:
    """The name a query has for the relation: its alias, else the last part, in lower case."""
    return (relation.alias or relation.name.rsplit(".", 1)[-1]).strip("`").lower()


def _is_star(item: OutputItem) -> bool:
    keys = [token.key for token in item.tokens]
    return keys[0] == "*" or keys[1:3] == [".", "*"]
