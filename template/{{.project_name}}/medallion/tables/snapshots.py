"""Whole snapshots become rows and versions: which ones are believed, and what the table holds after each.

AUTO CDC FROM SNAPSHOT applies one snapshot an update when its source is a table, and a function as its source may
not read what the same pipeline makes (REFERENCE_DLT_DATASET_OUTSIDE_QUERY_DEFINITION). So the tables of a snapshot
contract are materialized views over every snapshot that bronze holds: each version counts, in order, however many
came at once, and the result is what AUTO CDC FROM SNAPSHOT gives over the same snapshots.
"""

from __future__ import annotations

from textwrap import indent

from ..model.contract import Contract, History
from ..sql.words import identifier
from .context import SNAPSHOTS, column_types, type_of
from .plan import PlannedColumn
from .quarantine import typed_step
from .step_sql import steps_sql

_VERDICT = "STRUCT<position: INT, lost: BIGINT, base: BIGINT, is_accepted: BOOLEAN>"

# A refused snapshot is compared with nothing: the next one is held against the last one that was accepted.
# `missing` are keys of that one which are gone, `extra` keys that came since; only changes are carried along.
_ACCEPTANCE = """\
aggregate(
    array_sort(collect_list(named_struct(
        'position', position, 'keys', keys, 'added', added, 'removed', removed))),
    named_struct(
        'base', CAST(0 AS BIGINT), 'missing', CAST(array() AS ARRAY<BIGINT>), 'extra', CAST(array() AS ARRAY<BIGINT>),
        'verdicts', CAST(array() AS ARRAY<{verdict}>)),
    (state, step) -> element_at(transform(
        array(named_struct(
            'missing', array_union(
                array_except(state.missing, step.added), array_except(step.removed, state.extra)),
            'extra', array_except(
                array_union(state.extra, array_except(step.added, state.missing)), step.removed))),
        found -> CASE WHEN size(found.missing) * 100 <= {limit} * state.base
            THEN named_struct(
                'base', step.keys, 'missing', CAST(array() AS ARRAY<BIGINT>), 'extra', CAST(array() AS ARRAY<BIGINT>),
                'verdicts', concat(state.verdicts, array(named_struct('position', step.position,
                    'lost', CAST(size(found.missing) AS BIGINT), 'base', state.base, 'is_accepted', true))))
            ELSE named_struct(
                'base', state.base, 'missing', found.missing, 'extra', found.extra,
                'verdicts', concat(state.verdicts, array(named_struct('position', step.position,
                    'lost', CAST(size(found.missing) AS BIGINT), 'base', state.base, 'is_accepted', false)))) END), 1),
    state -> state.verdicts)"""

_SNAPSHOTS = """\
WITH given AS (
    SELECT {version} AS snapshot, CASE WHEN {has_key} THEN xxhash64({keys}) END AS key, {is_broken} AS is_broken
    FROM (
{typed}
    )
    WHERE {version} IS NOT NULL
),
counted AS (
    SELECT snapshot, count(*) AS row_count, count(DISTINCT key) AS keys, count_if(key IS NULL) AS rows_without_key,
        count_if(is_broken) AS broken_rows
    FROM given
    GROUP BY snapshot
),
readable AS (
    SELECT snapshot, keys, row_number() OVER (ORDER BY snapshot) AS position
    FROM counted
    WHERE broken_rows = 0 AND keys > 0
),
neighbours AS (
    SELECT key, position,
        lag(position) OVER (PARTITION BY key ORDER BY position) AS position_before,
        lead(position) OVER (PARTITION BY key ORDER BY position) AS position_after
    FROM (
        SELECT DISTINCT given.key, readable.position
        FROM given
        JOIN readable ON given.snapshot = readable.snapshot
        WHERE given.key IS NOT NULL
    )
),
changes AS (
    SELECT position, key AS added, CAST(NULL AS BIGINT) AS removed
    FROM neighbours
    WHERE position_before IS NULL OR position_before < position - 1
    UNION ALL
    SELECT position + 1 AS position, CAST(NULL AS BIGINT) AS added, key AS removed
    FROM neighbours
    WHERE position_after IS NULL OR position_after > position + 1
),
steps AS (
    SELECT readable.position, readable.keys, collect_list(changes.added) AS added,
        collect_list(changes.removed) AS removed
    FROM readable
    LEFT JOIN changes ON changes.position = readable.position
    GROUP BY readable.position, readable.keys
),
verdicts AS (
    SELECT explode({acceptance}) AS verdict
    FROM steps
)
SELECT counted.snapshot, row_count, counted.keys, rows_without_key,
    verdict.lost AS keys_lost, coalesce(verdict.is_accepted, false) AS is_accepted,
    CASE WHEN broken_rows > 0 THEN concat(broken_rows, ' rows show that it did not come whole')
        WHEN counted.keys = 0 THEN 'no row has a key'
        WHEN NOT verdict.is_accepted THEN concat(
            verdict.lost, ' of ', verdict.base, ' keys are missing, more than {limit} %') END AS reason
FROM counted
LEFT JOIN readable ON readable.snapshot = counted.snapshot
LEFT JOIN verdicts ON verdict.position = readable.position"""

_VERSIONS = """\
WITH accepted AS (
    SELECT snapshot AS __snapshot, rows_without_key = 0 AS __is_complete,
        count_if(rows_without_key = 0) OVER (ORDER BY snapshot) AS __complete_so_far,
        min(CASE WHEN rows_without_key = 0 THEN snapshot END) OVER (
            ORDER BY snapshot ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS __next_complete
    FROM {snapshots}
    WHERE is_accepted
),
seen AS (
    SELECT *,
        __complete_so_far - CAST(__is_complete AS BIGINT)
            > lag(__complete_so_far) OVER (PARTITION BY {keys} ORDER BY __snapshot) AS __came_back
    FROM {checked}
    JOIN accepted ON {version} = __snapshot
    WHERE {has_key}{is_kept}
),
stays AS (
    SELECT *, count_if(__came_back) OVER (PARTITION BY {keys} ORDER BY __snapshot) AS __stay
    FROM seen
),
ended AS (
    SELECT *, max_by(__next_complete, __snapshot) OVER (PARTITION BY {keys}, __stay) AS __stay_end
    FROM stays
),
changed AS (
    SELECT *, NOT ({values} <=> lag({values}) OVER (PARTITION BY {keys}, __stay ORDER BY __snapshot)) AS __is_new
    FROM ended
    WHERE _errors IS NULL
),
versions AS (
    SELECT *, count_if(__is_new) OVER (PARTITION BY {keys}, __stay ORDER BY __snapshot) AS __version
    FROM changed
),
newest AS (
    SELECT *, min(__snapshot) OVER (PARTITION BY {keys}, __stay, __version) AS __START_AT,
        row_number() OVER (PARTITION BY {keys}, __stay, __version ORDER BY __snapshot DESC) AS __age
    FROM versions
),
bounded AS (
    SELECT *, coalesce(
        lead(__START_AT) OVER (PARTITION BY {keys}, __stay ORDER BY __START_AT), __stay_end) AS __END_AT
    FROM newest
    WHERE __age = 1
)
SELECT
{columns}
FROM bounded{is_current}"""


def snapshots_query(contract: Contract, history: History, source: str) -> str:
    """One row for each snapshot: its rows and keys, how many keys it lost, whether it is believed and why not."""
    return _SNAPSHOTS.format(
        version=_version(history),
        has_key=_has_key(contract),
        keys=_keys(contract),
        is_broken=history.refuse_when or "false",
        typed=indent(steps_sql((typed_step(contract),), source), "        "),
        acceptance=indent(_ACCEPTANCE.format(verdict=_VERDICT, limit=_limit(history)), "    ").strip(),
        limit=_limit(history),
    )


def versions_query(contract: Contract, history: History, checked: str, snapshots: str, columns: list[str]) -> str:
    """The valid rows of the accepted snapshots as versions, of type 1 the current ones.

    A key is gone with the first snapshot that lacks it. It stays while its row is quarantined, and while a
    snapshot has a row whose key cannot be read, for that might be its row.
    """
    return _VERSIONS.format(
        snapshots=snapshots,
        checked=checked,
        keys=_keys(contract),
        version=_version(history),
        has_key=_has_key(contract),
        is_kept=" AND NOT _dropped" if contract.rules_that("drop") else "",
        values=_values(contract, history),
        columns=indent(",\n".join(identifier(name) for name in columns), "    "),
        is_current="\nWHERE __END_AT IS NULL" if history.type == 1 else "",
    )


def snapshots_name(contract: Contract) -> str:
    """The table of snapshots, without its schema: `products_snapshots`."""
    return f"{contract.name}{SNAPSHOTS}"


def snapshot_columns(contract: Contract, history: History) -> tuple[PlannedColumn, ...]:
    """The columns of the table of snapshots."""
    version = type_of(contract, str(history.snapshot_by))
    return (
        PlannedColumn("snapshot", version.sql, f"{history.snapshot_by} of its rows."),
        PlannedColumn("row_count", "BIGINT", "Its rows."),
        PlannedColumn("keys", "BIGINT", "Different keys among them."),
        PlannedColumn("rows_without_key", "BIGINT", "Rows whose key cannot be read."),
        PlannedColumn("keys_lost", "BIGINT", "Keys of the snapshot accepted before that it lacks."),
        PlannedColumn("is_accepted", "BOOLEAN", "Whether its rows count."),
        PlannedColumn("reason", "STRING", "Why it was refused as a whole; empty when it was accepted."),
    )


def version_bounds(contract: Contract, history: History) -> tuple[PlannedColumn, ...]:
    """`__START_AT` and `__END_AT` of a type 2 table, of the type of the snapshots' versions; none for type 1."""
    if history.type == 1:
        return ()
    sql_type = type_of(contract, str(history.snapshot_by)).sql
    return (
        PlannedColumn("__START_AT", sql_type, "The snapshot that brought this version."),
        PlannedColumn("__END_AT", sql_type, "The snapshot that ended this version; empty for the current one."),
    )


def _limit(history: History) -> str:
    return format(history.most_keys_lost, "f")


def _version(history: History) -> str:
    return identifier(str(history.snapshot_by))


def _keys(contract: Contract) -> str:
    return ", ".join(identifier(key) for key in contract.keys)


def _has_key(contract: Contract) -> str:
    return " AND ".join(f"{identifier(key)} IS NOT NULL" for key in contract.keys)


def _values(contract: Contract, history: History) -> str:
    """Maps cannot be compared, their text can."""
    types = column_types(contract)
    names = ", ".join(identifier(name) for name in history.track)
    has_map = any("map<" in types[name].sql.lower() for name in history.track)
    return f"to_json(struct({names}))" if has_map else f"struct({names})"
