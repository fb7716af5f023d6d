"""Open rows, what a replay would do with them, and counts: one set of queries, asked of a laptop or a warehouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.repair.model import Counts, OpenRows, ReplayPlan
from medallion_toolkit.repair.package import Correction, Replayable, ReplaySql

Answers = Sequence[Mapping[str, object]]
Ask = Callable[[str], Answers]

_STATE = "CASE WHEN is_dropped THEN 'dropped' WHEN _errors IS NULL THEN 'passing' ELSE 'failing' END"
_FILE = "coalesce(element_at(split(source_file, '/'), -1), 'no file')"
_TIME = "date_format({0}(ingested_at), 'yyyy-MM-dd HH:mm')"


def open_rows(contract: Replayable, sql: ReplaySql, ask: Ask, is_there: bool) -> OpenRows:
    """The open rows of a table; `is_there` says whether its `_replay` is."""
    query = sql.open_rows_query(contract)
    since, newest = _TIME.format("min"), _TIME.format("max")
    total = ask(f"SELECT count(*) AS rows, {since} AS since, {newest} AS newest FROM (\n{query}\n)")[0]
    if not _number(total["rows"]):
        return OpenRows(contract.table, 0, {}, {}, waiting=_waiting(contract, sql, ask, is_there))
    return OpenRows(
        contract.table,
        _number(total["rows"]),
        _grouped(ask, f"SELECT explode(_errors.rule) AS name FROM (\n{query}\n)"),
        _grouped(ask, f"SELECT {_FILE} AS name FROM (\n{query}\n)"),
        _text(total["since"]),
        _text(total["newest"]),
        _waiting(contract, sql, ask, is_there),
    )


def planned(
    contract: Replayable,
    sql: ReplaySql,
    ask: Ask,
    conformed: Sequence[str],
    fixes: Sequence[Correction],
    is_there: bool,
) -> ReplayPlan:
    """What a replay would do; PipelineError MED375 when the query gives more rows than it is asked for."""
    found, rows = open_rows(contract, sql, ask, is_there), sql.to_replay_query(contract, is_there)
    preview = sql.preview_query(contract, sql.replay_query(contract, conformed, fixes, rows))
    states = _grouped(ask, f"SELECT {_STATE} AS name FROM (\n{preview}\n)")
    given = _number(ask(f"SELECT count(DISTINCT _row_id) AS given FROM (\n{preview}\n)")[0]["given"])
    if given != sum(states.values()):
        raise _multiplied(contract, given, sum(states.values()))
    failing = states.get("failing", 0)
    named = {str(row["_row_id"]) for row in ask(rows)} if fixes else set()
    return ReplayPlan(
        contract.table,
        found.rows,
        found.by_rule,
        found.by_file,
        states.get("passing", 0),
        failing,
        states.get("dropped", 0),
        found.rows - found.waiting - given,
        found.waiting,
        _grouped(ask, f"SELECT explode(_errors.rule) AS name FROM (\n{preview}\n)") if failing else {},
        sum(fix.row in named for fix in fixes),
        tuple(fix.row for fix in fixes if fix.row not in named),
    )


def counted(contract: Replayable, sql: ReplaySql, ask: Ask, has_table: bool) -> Counts:
    """Where the rows of a table are; `has_table` says whether the table itself has been made."""
    row = ask(sql.counts_query(contract))[0]
    mark = sql.marks(contract)["table"]
    in_table = _number(ask(f"SELECT count(*) AS rows FROM {mark}")[0]["rows"]) if has_table else 0
    figures = {name: _number(row[name]) for name in ("valid", "open", "dropped", "twice")}
    return Counts(rows=_number(row["all_rows"]), in_table=in_table, **figures)


def _waiting(contract: Replayable, sql: ReplaySql, ask: Ask, is_there: bool) -> int:
    query = sql.waiting_query(contract, is_there)
    return _number(ask(f"SELECT count(*) AS rows FROM (\n{query}\n)")[0]["rows"]) if is_there else 0


def _grouped(ask: Ask, names: str) -> dict[str, int]:
    """How often each name stands there, the most frequent first."""
    rows = ask(f"SELECT name, count(*) AS rows FROM (\n{names}\n) GROUP BY name")
    counts = {str(row["name"]): _number(row["rows"]) for row in rows}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _number(value: object) -> int:
    return int(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _multiplied(contract: Replayable, rows: int, given: int) -> PipelineError:
    return PipelineError(
        "MED375",
        f"rows of {contract.table} cannot be replayed: the query gives {given} rows for {rows}",
        place=Place(contract.path),
        help="one row in, one row out; or a _row_id stands in bronze twice",
    )
