"""`import dlt` in Python pipeline files, and the current names for what such a file uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from medallion_toolkit.errors import Place
from medallion_toolkit.lint.findings import Edit, Found
from medallion_toolkit.lint.project import LintProject, TextFile

_SAME = (
    "append_flow",
    "create_sink",
    "create_streaming_table",
    "expect",
    "expect_all",
    "expect_all_or_drop",
    "expect_all_or_fail",
    "expect_or_drop",
    "expect_or_fail",
)
_NOW = {
    **{name: name for name in _SAME},
    "apply_changes": "create_auto_cdc_flow",
    "apply_changes_from_snapshot": "create_auto_cdc_from_snapshot_flow",
    "create_streaming_live_table": "create_streaming_table",
    "create_target_table": "create_streaming_table",
    "view": "temporary_view",
}
_TABLES = {"streaming_table": "table", "materialized_view": "materialized_view"}


def old_python(project: LintProject, file: TextFile) -> Iterator[Found]:
    """One finding a file; repaired only where every use of dlt has a current name."""
    if "dlt" not in file.text:
        return
    try:
        tree = ast.parse(file.text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(one.name == "dlt" for one in node.names):
            yield Found(
                _place(file, node),
                "import dlt is an old name",
                "write from pyspark import pipelines as dp; @dp.table streams, @dp.materialized_view does not",
                _edits(project, file, tree, node),
            )


def _edits(project: LintProject, file: TextFile, tree: ast.Module, imported: ast.Import) -> tuple[Edit, ...]:
    if [(one.name, one.asname) for one in imported.names] != [("dlt", None)] or not file.text.isascii():
        return ()
    edits = [_edit(file, imported, "from pyspark import pipelines as dp")]
    decorated = {id(_called(one)): node for node in ast.walk(tree) for one in getattr(node, "decorator_list", ())}
    used = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "dlt":
            used += 1
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "dlt":
            written = _NOW.get(node.attr) or _table(project, file, node.attr, decorated.get(id(node)))
            if written is None:
                return ()
            edits.append(_edit(file, node, f"dp.{written}"))
    return tuple(edits) if used == len(edits) - 1 else ()


def _table(project: LintProject, file: TextFile, name: str, function: ast.AST | None) -> str | None:
    """@dlt.table made both kinds of table; the kind that the function makes says which name it has now."""
    if name != "table" or not isinstance(function, ast.FunctionDef):
        return None
    first = min(one.lineno for one in function.decorator_list)
    kinds = {
        node.dataset.kind
        for node in project.graph.nodes.values()
        if project.shown(node.dataset.place).path == file.path and first <= node.dataset.place.line <= function.lineno
    }
    return _TABLES.get(kinds.pop()) if len(kinds) == 1 else None


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _edit(file: TextFile, node: ast.expr | ast.stmt, text: str) -> Edit:
    start = file.offset(node.lineno, node.col_offset + 1)
    end = file.offset(node.end_lineno or node.lineno, (node.end_col_offset or node.col_offset) + 1)
    return Edit(file.path, start, end, text)


def _place(file: TextFile, node: ast.stmt) -> Place:
    start = file.offset(node.lineno, node.col_offset + 1)
    return file.place(start, start + len("import dlt"))
