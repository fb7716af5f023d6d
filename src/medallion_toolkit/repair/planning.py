"""Open rows, what a replay would do with them, and counts: one set of queries, asked of a laptop or a warehouse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.python.helper_package import Correction, ReplaySql
from medallion_toolkit.repair.model import Counts, OpenRows, ReplayPlan

Answers = Sequence[Mapping[str, object]]
Ask = Callable[[str], Answers]

_STATE = (
    "CASE WHEN is_dropped THEN 'dropped' WHEN _errors IS NULL THEN 'passing' "
    "WHEN is_same THEN 'same' ELSE 'failing' END"
)
_RULES = "array_join(coalesce(_errors.rule, array()), ',')"
_FILE = "coalesce(element_at(split(source_file, '/'), -1), 'no file')"
_TIME = "date_format({0}(ingested_at), 'yyyy-MM-dd HH:mm')"


def open_rows(contract: Contract, sql: ReplaySql, ask: Ask, is_there: bool) -> OpenRows:
    """The open rows of a table; `is_there` says whether its `_replay` is."""
    groups = ask(
        f"SELECT {_RULES} AS rules, {_FILE} AS file, count(*) AS rows, "
        f"{_TIME.format('min')} AS since, {_TIME.format('max')} AS newest "
        f"FROM (\n{sql.open_rows_query(contract)}\n) GROUP BY ALL"
    )
    files = Counter[str]()
    for group in groups:
        files[str(group["file"])] += _number(group["rows"])
    times = [str(group[name]) for group in groups for name in ("since", "newest") if group[name] is not None]
    return OpenRows(
        contract.table,
        files.total(),
        _frequent(_by_rule(groups)),
        _frequent(files),
        min(times, default=None),
        max(times, default=None),
        waiting_rows(contract, sql, ask) if is_there else 0,
    )


def planned(
    contract: Contract,
    sql: ReplaySql,
    ask: Ask,
    conformed: Sequence[str],
    fixes: Sequence[Correction],
    is_there: bool,
) -> ReplayPlan:
    """What a replay would do; PipelineError MED375 when the query gives more rows than it is asked for."""
    found, rows = open_rows(contract, sql, ask, is_there), sql.to_replay_query(contract, is_there)
    preview = sql.preview_query(contract, sql.replay_query(contract, conformed, fixes, rows))
    groups = ask(
        "SELECT state, rules, sum(times) AS rows, count(*) AS given FROM (\n"
        f"SELECT min({_STATE}) AS state, min({_RULES}) AS rules, count(*) AS times\n"
        f"FROM (\n{preview}\n) GROUP BY _row_id\n) GROUP BY ALL"
    )
    states, given = Counter[str](), sum(_number(group["given"]) for group in groups)
    for group in groups:
        states[str(group["state"])] += _number(group["rows"])
    if given != states.total():
        raise _multiplied(contract, states.total(), given)
    named = {str(row["_row_id"]) for row in ask(rows)} if fixes else set()
    return ReplayPlan(
        contract.table,
        found.rows,
        found.by_rule,
        found.by_file,
        states["passing"],
        states["failing"],
        states["same"],
        states["dropped"],
        found.rows - found.waiting - given,
        found.waiting,
        _frequent(_by_rule(groups)),
        sum(fix.row in named for fix in fixes),
        tuple(fix.row for fix in fixes if fix.row not in named),
    )


def waiting_rows(contract: Contract, sql: ReplaySql, ask: Ask) -> int:
    """How many rows of `_replay` the pipeline has not judged yet."""
    return _number(ask(f"SELECT count(*) AS rows FROM (\n{sql.waiting_query(contract)}\n)")[0]["rows"])


def counted(contract: Contract, sql: ReplaySql, ask: Ask, has_table: bool) -> Counts:
    """Where the rows of a table are; `has_table` says whether the table itself has been made."""
    row = ask(sql.counts_query(contract))[0]
    mark = sql.marks(contract)["table"]
    in_table = _number(ask(f"SELECT count(*) AS rows FROM {mark}")[0]["rows"]) if has_table else 0
    figures = {name: _number(row[name]) for name in ("valid", "open", "dropped", "twice")}
    return Counts(rows=_number(row["all_rows"]), in_table=in_table, **figures)


def _by_rule(groups: Answers) -> Counter[str]:
    """How many rows fail each rule; a row counts with every rule it fails."""
    counts = Counter[str]()
    for group in groups:
        for rule in filter(None, str(group["rules"]).split(",")):
            counts[rule] += _number(group["rows"])
    return counts


def _frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """The same, the most frequent first."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _number(value: object) -> int:
    return int(str(value))


def _multiplied(contract: Contract, rows: int, given: int) -> PipelineError:
    return PipelineError(
        "MED375",
        f"rows of {contract.table} cannot be replayed: the query gives {given} rows for {rows}",
        place=Place(contract.path),
        help="one row in, one row out; or a _row_id stands in bronze twice",
    )
