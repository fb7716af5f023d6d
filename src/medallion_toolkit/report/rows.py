"""Rows as a table of text."""

from __future__ import annotations

from collections.abc import Sequence

from medallion_toolkit.engine.rows import Rows

WIDEST = 40


def rows_as_text(rows: Rows) -> str:
    """Aligned columns under their names, long values cut, the number of rows below."""
    cells = [[_cell(row[name]) for name in rows.columns] for row in rows.values]
    widths = [max([len(name), *(len(line[at]) for line in cells)]) for at, name in enumerate(rows.columns)]
    lines = [_line(rows.columns, widths), _line(["─" * width for width in widths], widths)]
    lines += [_line(line, widths) for line in cells]
    more = f", {len(rows.values)} shown" if len(rows.values) < rows.total else ""
    return "\n".join([*lines, f"{rows.name}: {rows.total:,} rows{more}"])


def _line(cells: Sequence[str], widths: list[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
