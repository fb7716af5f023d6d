"""What a dataset is made of, as a digest: equal digests make equal rows from equal inputs.

SQL counts without blanks and comments; for Python every project file that the last import opened counts, of
the contracts only the dataset's own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from medallion_toolkit.errors import Place
from medallion_toolkit.graph.model import Node
from medallion_toolkit.graph.project import Project
from medallion_toolkit.model import PythonQuery, Span, SqlQuery
from medallion_toolkit.sql.tokens import tokenize

LEFT_OUT = ("comment", "handler")
# Functions whose value the rows do not decide: https://spark.apache.org/docs/latest/api/sql/
CLOCK = "CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME NOW CURDATE LOCALTIMESTAMP UNIX_TIMESTAMP"
CHANCE = "RAND RANDOM RANDN RANDSTR UNIFORM UUID SHUFFLE TABLESAMPLE HTTP_REQUEST AI_QUERY"
VOLATILE_SQL = frozenset(f"{CLOCK} {CHANCE}".split())
VOLATILE_PYTHON = ("current_", "now(", "rand", "uuid", "time.", "date.today", "requests", "urllib", "http", "open(")


def fingerprints(project: Project) -> Callable[[str], str]:
    """The fingerprint of a node by its key, for as long as the project's files stay as they are."""

    configured = {pipeline.key: _plain(pipeline.configuration) for pipeline in project.bundle.pipelines}

    @cache
    def of_file(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

    @cache
    def of_node(key: str) -> str:
        node = project.graph.nodes.get(key)
        if node is None:
            return ""
        opened = {str(path): of_file(path) for path in python_files(project, node)}
        tools = (*map(_version, ("medallion-toolkit", "pyspark")), str(project.bundle.local))
        facts = [*tools, configured.get(node.dataset.pipeline), _plain(node.dataset), _plain(node.flows), opened]
        return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()

    return of_node


def _version(package: str) -> str:
    """The version of an installed package; in a checkout that is not installed there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def python_files(project: Project, node: Node) -> list[Path]:
    """Files whose content may decide what the node's Python does; none for a dataset in SQL."""
    if node.dataset.handler is None and not any(isinstance(flow.query, PythonQuery) for flow in node.flows):
        return []
    contracts = project.bundle.root / "contracts"
    own = Path(node.dataset.place.path)
    own = own if own.is_absolute() else project.bundle.root / own
    opened = project.graph.opened.get(node.dataset.pipeline, ())
    if not own.is_relative_to(contracts):
        return list(opened)
    return [path for path in opened if path == own or not path.is_relative_to(contracts)]


def is_volatile(project: Project, key: str) -> bool:
    """Whether a materialized view may differ although its inputs do not: it asks the clock, chance or the outside.

    Streams only grow by new input, whatever their functions say; a REPLACE WHERE flow is a batch query. What a
    function of snapshots returns next is known to the function alone.
    """
    node = project.graph.nodes[key]
    if any(flow.kind == "auto_cdc_from_snapshot" and flow.query is not None for flow in node.flows):
        return True
    replaced = [flow for flow in node.flows if flow.replace_where is not None]
    if node.dataset.kind == "streaming_table" and not replaced:
        return False
    if any(_is_volatile_text(flow.replace_where or "") for flow in replaced):
        return True
    if any(_asks(flow.query) for flow in node.flows):
        return True
    views = (other for other in project.depends[key] if project.graph.nodes[other].dataset.kind.endswith("view"))
    return any(is_volatile(project, other) for other in views if _is_inlined(project, other))


def _is_inlined(project: Project, key: str) -> bool:
    return project.graph.nodes[key].dataset.kind in ("view", "temporary_view")


def _asks(query: object) -> bool:
    if isinstance(query, SqlQuery):
        return _is_volatile_text(query.text)
    if isinstance(query, PythonQuery):
        text = Path(query.place.path).read_text(encoding="utf-8") if Path(query.place.path).is_file() else ""
        return query.reads == () or any(word in text for word in VOLATILE_PYTHON)
    return False


def _is_volatile_text(text: str) -> bool:
    return any(token.key in VOLATILE_SQL for token in tokenize(text))


def _plain(value: object) -> object:
    """`value` without places, comments and functions, ready for JSON."""
    if isinstance(value, SqlQuery):
        words = [token.text for token in tokenize(value.text)]
        values = [_plain(value.configuration), _plain(value.parameters), _plain(value.session)]
        return [words, value.catalog, value.schema, *values]
    if isinstance(value, PythonQuery):
        return "python"
    if isinstance(value, (Place, Span)):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.name not in LEFT_OUT}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return value
