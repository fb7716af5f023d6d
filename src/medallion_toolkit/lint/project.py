"""A project as lint rules see it: every file's text, its statements by place, the graph and the contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.graph.model import Graph, Node
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.sql.lines import Lines
from medallion_toolkit.sql.reader import read_sql
from medallion_toolkit.sql.statements import SqlFile, Statement
from medallion_toolkit.sql.tokens import Token, tokenize

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project

BOM = "\ufeff"
PAST_BRONZE = ("silver", "gold")


@dataclass(frozen=True)
class TextFile:
    """A file of the project; `path` is below its folder, `text` is without a byte order mark."""

    path: str
    text: str
    has_bom: bool = False

    @cached_property
    def lines(self) -> Lines:
        """Places by character offset."""
        return Lines(self.text, self.path)

    def place(self, start: int, end: int) -> Place:
        """The characters [start, end) as a place."""
        return self.lines.place(start, end)

    def offset(self, line: int, column: int = 1) -> int:
        """The character at line and column, both from 1."""
        at = 0
        for _ in range(line - 1):
            at = self.text.index("\n", at) + 1
        return at + column - 1


@dataclass(frozen=True)
class SqlText(TextFile):
    """A pipeline SQL file with its statements."""

    parsed: SqlFile = field(default_factory=lambda: SqlFile("", "", ()))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens of the file."""
        return tuple(tokenize(self.text))

    def tokens_of(self, statement: Statement) -> list[Token]:
        """The tokens of one of its statements."""
        span = statement.span
        return [token for token in self.tokens if span.start <= token.start < span.end]

    def query_tokens(self, statement: Statement) -> list[Token]:
        """The tokens of the statement's query; none when it has no query."""
        if statement.query is None:
            return []
        span = statement.query.span
        return [token for token in self.tokens if span.start <= token.start < span.end]


@dataclass(frozen=True)
class Made:
    """A dataset that an SQL statement makes."""

    node: Node
    file: SqlText
    statement: Statement
    layer: str | None

    @property
    def shown(self) -> str:
        """Its name as written: the last part."""
        return self.node.name.rsplit(".", 1)[-1]

    @property
    def place(self) -> Place:
        """The name in the CREATE statement."""
        span = self.statement.name_span
        return self.file.place(span.start, span.end) if span else self.node.dataset.place


@dataclass(frozen=True)
class LintProject:
    """Everything rules look at; nothing here starts Spark."""

    root: Path
    project: Project
    errors: tuple[MedallionError, ...]
    sql: tuple[SqlText, ...]
    python: tuple[TextFile, ...]
    contract_files: tuple[TextFile, ...]

    @property
    def graph(self) -> Graph:
        """All datasets."""
        return self.project.graph

    @property
    def contracts(self) -> Mapping[str, Contract]:
        """The contracts that could be read, by the full name of their table."""
        return self.project.contracts.by_table

    @property
    def files(self) -> dict[str, TextFile]:
        """Every file by its path."""
        return {file.path: file for file in (*self.sql, *self.python, *self.contract_files)}

    @cached_property
    def made(self) -> tuple[Made, ...]:
        """What SQL statements make."""
        by_place = {
            (file.path, statement.span.line, statement.span.column): (file, statement)
            for file in self.sql
            for statement in file.parsed.statements
        }
        found = []
        for node in self.graph.nodes.values():
            place = node.dataset.place
            known = by_place.get((place.path, place.line, place.column))
            if known is not None:
                found.append(Made(node, *known, self.layer_of(node)))
        return tuple(found)

    def made_in(self, *layers: str) -> Iterator[Made]:
        """What SQL statements make in these layers."""
        return (one for one in self.made if one.layer in layers)

    def layer_of(self, node: Node) -> str | None:
        """bronze, silver, gold: by the schema, for temporary views by the folder below sql/; None when unknown."""
        schema, _, _ = node.name.rpartition(".")
        by_schema = {full.lower(): key for key, full in self.project.bundle.schemas.items()}
        if schema:
            return by_schema.get(schema.lower())
        parts = Path(node.dataset.place.path).parts
        return parts[1] if len(parts) > 2 and parts[0] == "sql" else None

    def shown(self, place: Place) -> Place:
        """The place with its path below the project's folder."""
        return shown_place(place, self.root)

    @property
    def by_hand(self) -> Iterator[Node]:
        """Datasets that SQL or Python files define themselves, not a contract."""
        return (node for node in self.graph.nodes.values() if not node.dataset.place.path.endswith((".yml", ".yaml")))


def read_lint_project(root: Path, target: str | None = None) -> LintProject:
    """The project in `root`; what the reader finds wrong is in `errors`, a bundle that cannot be read is raised."""
    from medallion_toolkit.graph.project import read_project

    project, errors = read_project(root, target)
    root = project.bundle.root
    sources = sorted({file for pipeline in project.bundle.pipelines for file in pipeline.files})
    texts = [text for file in sources if (text := _read(file, root)) is not None]
    return LintProject(
        root,
        project,
        errors,
        tuple(
            SqlText(text.path, text.text, text.has_bom, read_sql(text.text, text.path))
            for text in texts
            if text.path.endswith(".sql")
        ),
        tuple(text for text in texts if text.path.endswith(".py")),
        tuple(text for file in sorted(root.glob("contracts/*/*.yml")) if (text := _read(file, root)) is not None),
    )


def shown_place(place: Place, root: Path) -> Place:
    """The place with its path below the project's folder; Python files are known in full."""
    path = Path(place.path)
    return replace(place, path=shown_path(path, root)) if path.is_absolute() else place


def shown_path(file: Path, root: Path) -> str:
    """The file as findings name it: below the project's folder, in full when it stands elsewhere."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def _read(file: Path, root: Path) -> TextFile | None:
    """The file's text; None when it is no UTF-8 text, which the reader says itself."""
    path = shown_path(file, root)
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return TextFile(path, text.removeprefix(BOM), text.startswith(BOM))
