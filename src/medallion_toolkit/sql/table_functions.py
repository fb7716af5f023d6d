"""Functions that read a table: read_stream('t', …) and table_changes('t', first [, last])."""

from __future__ import annotations

from medallion_toolkit.sql.arguments import Arguments

READ_STREAM = "read_stream"
TABLE_CHANGES = "table_changes"


def table_and_options(name: str, arguments: Arguments) -> tuple[str, dict[str, str]] | None:
    """The table that the function reads and the options it stands for; None for any other function."""
    if not arguments.positional:
        return None
    table, *rest = arguments.positional
    if name.lower() == READ_STREAM and not rest:
        return table, dict(arguments.named)
    if name.lower() == TABLE_CHANGES and 0 < len(rest) < 3 and not arguments.named:
        ends = {_option(word, value): value for word, value in zip(("starting", "ending"), rest, strict=False)}
        return table, {"readChangeFeed": "true", **ends}
    return None


def _option(word: str, value: str) -> str:
    return f"{word}Version" if value.strip().isdigit() else f"{word}Timestamp"
