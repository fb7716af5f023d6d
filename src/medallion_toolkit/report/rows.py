"""Rows as a table of text, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medallion_toolkit.engine.rows import Rows

WIDEST = 40


def rows_as_json(rows: Rows) -> dict[str, object]:
    """What `--json` prints of rows; `total` counts those that were not printed too."""
    return {"name": rows.name, "total": rows.total, "columns": rows.columns, "rows": rows.values}


def rows_as_text(rows: Rows) -> str:
    """Aligned columns under their names, long values cut, the number of rows below."""
    return "\n".join([*table_lines(rows.columns, rows.values), f"{rows.name}: {_size(rows)}".removeprefix(": ")])


def _size(rows: Rows) -> str:
    shown = len(rows.values)
    if rows.total is None:
        return f"the first {shown:,} rows"
    size = f"{rows.total:,} row{'' if rows.total == 1 else 's'}"
    return f"{size}, {shown:,} shown" if shown < rows.total else size


def table_lines(columns: Sequence[str], values: Sequence[Mapping[str, object]]) -> list[str]:
    """The head, a rule and a line a row."""
    cells = [[_cell(row[name]) for name in columns] for row in values]
    widths = [max([len(name), *(len(line[at]) for line in cells)]) for at, name in enumerate(columns)]
    return [
        _line(columns, widths),
        _line(["─" * width for width in widths], widths),
        *(_line(line, widths) for line in cells),
    ]


def _line(cells: Sequence[str], widths: list[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    text = _as_sql(value).replace("\n", "⏎")
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _as_sql(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
