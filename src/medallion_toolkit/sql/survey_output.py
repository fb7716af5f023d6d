"""A survey as JSON and as text."""

from __future__ import annotations

from medallion_toolkit.errors import render_error
from medallion_toolkit.model import Column, Relation
from medallion_toolkit.sql.columns import output_columns
from medallion_toolkit.sql.statements import SqlFile, Statement
from medallion_toolkit.sql.survey import Survey


def survey_as_dict(survey: Survey) -> dict[str, object]:
    """The document of `medallion parse --json`."""
    return {
        "files": [
            {"path": file.path, "statements": [statement_as_dict(statement) for statement in file.statements]}
            for file in survey.files
        ]
    }


def statement_as_dict(statement: Statement) -> dict[str, object]:
    """One statement; no key is ever missing, absent parts are null or empty."""
    return {
        "kind": statement.kind,
        "name": statement.name,
        "line": statement.span.line,
        "column": statement.span.column,
        "target": statement.target,
        "inputs": _inputs(statement),
        "expectations": [
            {"name": rule.name, "condition": rule.condition, "action": rule.action, "line": rule.place.line}
            for rule in statement.expectations
        ],
        "columns": [_column(column) for column in _columns(statement)],
        "comment": statement.comment,
        "properties": dict(statement.properties),
        "clauses": {**statement.clauses, **_cdc_clauses(statement)},
        "options": _options(statement),
        "error": statement.error.as_dict() if statement.error else None,
    }


def _inputs(statement: Statement) -> list[dict[str, object]]:
    """Each input once, with the line where it is first read."""
    found = [_input(relation) for relation in statement.inputs]
    seen: list[dict[str, object]] = []
    for item in found:
        if not any({**item, "line": other["line"]} == other for other in seen):
            seen.append(item)
    return seen


def _input(relation: Relation) -> dict[str, object]:
    return {
        "name": relation.name,
        "mode": relation.mode,
        "kind": relation.kind,
        "line": relation.span.line,
        "path": relation.path,
        "format": relation.format,
        "arguments": dict(relation.arguments),
    }


def _columns(statement: Statement) -> tuple[Column, ...]:
    """The declared columns, else those the query names."""
    if statement.columns or statement.query is None or statement.kind in ("other", "invalid"):
        return statement.columns
    return tuple(Column(name) for name in output_columns(statement.query) or ())


def _column(column: Column) -> dict[str, object]:
    return {
        "name": column.name,
        "type": column.type,
        "comment": column.comment,
        "not_null": column.not_null,
        "mask": column.mask,
        "generated": column.generated,
        "default": column.default,
    }


def _cdc_clauses(statement: Statement) -> dict[str, object]:
    cdc = statement.cdc
    if cdc is None:
        return {}
    clauses: dict[str, object] = {
        "keys": list(cdc.keys),
        "sequence_by": cdc.sequence_by,
        "scd_type": cdc.scd_type,
        "apply_as_delete_when": cdc.delete_when,
        "apply_as_truncate_when": cdc.truncate_when,
        "columns": list(cdc.columns) if cdc.columns is not None else None,
        "columns_except": list(cdc.except_columns) or None,
        "track_history_on": list(cdc.track_history) if cdc.track_history is not None else None,
        "track_history_except": list(cdc.track_history_except) or None,
        "ignore_null_updates": cdc.ignore_null_updates or None,
    }
    return {name: value for name, value in clauses.items() if value is not None}


def _options(statement: Statement) -> list[str]:
    """The words that stand in the statement's head."""
    flags = {
        "or_refresh": statement.or_refresh,
        "or_replace": statement.or_replace,
        "if_not_exists": statement.if_not_exists,
        "private": statement.private,
        "live": statement.live,
        "once": statement.once,
        "by_name": statement.by_name,
        f"flow_{statement.flow}": statement.flow is not None,
    }
    return [name for name, is_set in flags.items() if is_set]


def survey_as_text(survey: Survey) -> str:
    """One line a statement with its inputs and expectations below, then the errors and a total."""
    lines = [line for file in survey.files for line in _file_lines(file)]
    for error in survey.errors:
        lines += [render_error(error), ""]
    statements = sum(len(file.statements) for file in survey.files)
    lines.append(f"{_count(len(survey.files), 'file')}, {_count(statements, 'statement')}, "
                 f"{_count(len(survey.errors), 'error')}")  # fmt: skip
    return "\n".join(lines)


def _file_lines(file: SqlFile) -> list[str]:
    lines = [file.path]
    for statement in file.statements:
        kind = statement.kind.replace("_", " ")
        lines.append(f"{statement.span.line:>6}  {kind:<18} {_headline(statement)}".rstrip())
        inputs = dict.fromkeys(_input_text(relation) for relation in statement.inputs)
        lines += [f"{'':>8}{'reads':<10}{text}" for text in inputs]
        lines += [
            f"{'':>8}{rule.action:<10}{rule.name}: {' '.join(rule.condition.split())}"
            for rule in statement.expectations
        ]
    return [*lines, ""]


def _headline(statement: Statement) -> str:
    if statement.error is not None:
        return f"{statement.name or ''} {statement.error.code} {statement.error.message}".strip()
    if statement.kind in ("flow_insert", "flow_auto_cdc"):
        named = f"{statement.flow_name} " if statement.flow_name else ""
        return f"{named}into {statement.target}"
    if statement.kind in ("use", "set"):
        return " ".join(f"{name} {value}" for name, value in statement.clauses.items())
    return statement.name or ""


def _input_text(relation: Relation) -> str:
    mode = "stream " if relation.mode == "stream" else ""
    if relation.kind != "files":
        return mode + relation.name
    return f"{mode}{relation.format or ''} files {relation.path or relation.name}".replace("  ", " ")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
