"""The clauses of AUTO CDC INTO (once APPLY CHANGES INTO)."""

from __future__ import annotations

from collections.abc import Callable

from medallion_toolkit.model import Cdc
from medallion_toolkit.sql.arguments import pieces
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft, query_text
from medallion_toolkit.sql.literals import name_value
from medallion_toolkit.sql.relations import relations_of

_STARTS = (
    ("KEYS",), ("WHERE",), ("IGNORE", "NULL"), ("APPLY", "AS"), ("SEQUENCE", "BY"), ("SYSTEM", "SEQUENCE"),
    ("COLUMNS",), ("STORED", "AS"), ("TRACK", "HISTORY"),
)  # fmt: skip
_WORDS = tuple(start[0] for start in _STARTS)


def read_auto_cdc(cursor: Cursor, draft: Draft) -> None:
    """Read FROM and everything behind it to the end of the statement."""
    cursor.expect("FROM")
    source = _read_source(cursor, draft)
    reader = _ClauseReader(cursor, draft)
    while not cursor.is_done():
        reader.read()
    draft.cdc = reader.finish(source)


def _read_source(cursor: Cursor, draft: Draft) -> str:
    """The table behind FROM by name; a subquery or function as written, its inputs noted."""
    first, end = _until_clause(cursor)
    if first == end:
        raise cursor.unexpected("STREAM(name)", code="MED270")
    if cursor.tokens[first].key == "(" and cursor.tokens[end - 1].key == ")":
        draft.query = query_text(cursor, first + 1, end - 1)
        return cursor.text(first, end)
    relations = relations_of(cursor.tokens, cursor.lines, 0, first - 1, end)
    if len(relations) != 1:
        raise cursor.error("MED270", "AUTO CDC reads one table or view", first, expected="STREAM(name)")
    draft.source = relations[0]
    return draft.source.name if draft.source.kind == "table" else cursor.text(first, end)


def _until_clause(cursor: Cursor) -> tuple[int, int]:
    """Step over an expression: everything before the next clause outside of parentheses."""
    first = cursor.at
    while True:
        cursor.until(_WORDS)
        if cursor.is_done() or any(cursor.looks_at(*start) for start in _STARTS):
            return first, cursor.at
        cursor.at += 1


class _ClauseReader:
    """Reads clauses in any order; None for what has not been said."""

    def __init__(self, cursor: Cursor, draft: Draft) -> None:
        self.cursor = cursor
        self.draft = draft
        self.seen: set[str] = set()
        self.keys: tuple[str, ...] = ()
        self.sequence_by: str | None = None
        self.scd_type = 1
        self.conditions: dict[str, str] = {}
        self.columns: tuple[str, ...] | None = None
        self.except_columns: tuple[str, ...] = ()
        self.track_history: tuple[str, ...] | None = None
        self.track_history_except: tuple[str, ...] = ()
        self.ignore_null_columns: tuple[str, ...] | None = None
        self.ignore_null_except: tuple[str, ...] = ()

    def read(self) -> None:
        """Read the clause that comes next; SqlError when it stands twice."""
        readers: dict[tuple[str, ...], Callable[[], None]] = {
            ("KEYS",): self._read_keys,
            ("WHERE",): self._read_where,
            ("IGNORE", "NULL", "UPDATES"): self._read_ignore_null_updates,
            ("APPLY", "AS"): self._read_apply_as,
            ("SEQUENCE", "BY"): self._read_sequence_by,
            ("SYSTEM", "SEQUENCE", "BY"): self._read_system_sequence_by,
            ("COLUMNS", "TO", "UPDATE"): self._read_columns_to_update,
            ("COLUMNS",): self._read_columns,
            ("STORED", "AS"): self._read_stored_as,
            ("TRACK", "HISTORY", "ON"): self._read_track_history,
        }
        at = self.cursor.at
        for words, reader in readers.items():
            if self.cursor.take(*words):
                if words[0] != "APPLY":
                    self._note(" ".join(words), at)
                reader()
                return
        raise self.cursor.unexpected("a clause of AUTO CDC", _WORDS, "MED270")

    def finish(self, source: str) -> Cdc:
        """The clauses together; SqlError when a necessary one is missing."""
        cursor = self.cursor
        if not self.keys:
            raise cursor.error("MED270", "AUTO CDC has no KEYS", cursor.end - 1, expected="KEYS (column, …)")
        if self.sequence_by is None:
            raise cursor.error("MED270", "AUTO CDC has no SEQUENCE BY", cursor.end - 1, expected="SEQUENCE BY column")
        return Cdc(
            source=source,
            keys=self.keys,
            sequence_by=self.sequence_by,
            scd_type=self.scd_type,
            delete_when=self.conditions.get("DELETE"),
            truncate_when=self.conditions.get("TRUNCATE"),
            columns=self.columns,
            except_columns=self.except_columns,
            track_history=self.track_history,
            track_history_except=self.track_history_except,
            ignore_null_updates="IGNORE NULL UPDATES" in self.seen,
            ignore_null_columns=self.ignore_null_columns,
            ignore_null_except=self.ignore_null_except,
        )

    def _note(self, clause: str, at: int) -> None:
        if clause in self.seen:
            raise self.cursor.error("MED208", f"{clause} stands twice", at)
        self.seen.add(clause)

    def _read_keys(self) -> None:
        self.keys = self._names(*self.cursor.group("the key columns in parentheses"))

    def _read_where(self) -> None:
        self.draft.clauses["where"] = self._expression()

    def _read_ignore_null_updates(self) -> None:
        if self.cursor.take("ON"):
            first = self.cursor.at
            self.ignore_null_columns, self.ignore_null_except = self._choice()
            self.draft.clauses["ignore_null_updates_on"] = self.cursor.text(first, self.cursor.at)

    def _read_apply_as(self) -> None:
        cursor = self.cursor
        at = cursor.at - 2
        if cursor.key() not in ("DELETE", "TRUNCATE"):
            raise cursor.unexpected("DELETE WHEN or TRUNCATE WHEN", ("DELETE", "TRUNCATE"))
        action = cursor.next().key
        clause = f"APPLY AS {action} WHEN"
        self._note(clause, at)
        if self.sequence_by is not None:
            raise cursor.error("MED270", f"{clause} stands behind SEQUENCE BY", at, expected=f"{clause} before it")
        cursor.expect("WHEN")
        self.conditions[action] = self._expression()

    def _read_sequence_by(self) -> None:
        self.sequence_by = self._expression()

    def _read_system_sequence_by(self) -> None:
        self.draft.clauses["system_sequence_by"] = self._expression()

    def _read_columns_to_update(self) -> None:
        self.draft.clauses["columns_to_update"] = self._expression()

    def _read_columns(self) -> None:
        self.columns, self.except_columns = self._choice()

    def _read_track_history(self) -> None:
        self.track_history, self.track_history_except = self._choice()

    def _read_stored_as(self) -> None:
        cursor = self.cursor
        if cursor.take("BITEMPORAL"):
            self.draft.clauses["stored_as"] = "BITEMPORAL"
            self.scd_type = 2
            return
        cursor.expect("SCD", "TYPE")
        number = cursor.next().text
        if number not in ("1", "2"):
            raise cursor.error("MED270", f"SCD TYPE {number} does not exist", cursor.at - 1, number, "1 or 2")
        self.scd_type = int(number)

    def _expression(self) -> str:
        first, end = _until_clause(self.cursor)
        if first == end:
            raise self.cursor.unexpected("an expression", code="MED270")
        return self.cursor.text(first, end)

    def _choice(self) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
        """Chosen columns (None for all) and excepted ones: `a, b`, `(a, b)` or `* EXCEPT (a, b)`."""
        cursor = self.cursor
        if cursor.take("*"):
            cursor.expect("EXCEPT")
            return None, self._names(*cursor.group("the columns in parentheses"))
        if cursor.key() == "(":
            return self._names(*cursor.group()), ()
        first, end = _until_clause(cursor)
        if first == end:
            raise cursor.unexpected("columns or * EXCEPT (columns)", code="MED270")
        return self._names(first, end), ()

    def _names(self, first: int, end: int) -> tuple[str, ...]:
        tokens = self.cursor.tokens
        return tuple(
            "".join(name_value(token) for token in tokens[start:stop])
            for start, stop in pieces(self.cursor, first, end)
        )
