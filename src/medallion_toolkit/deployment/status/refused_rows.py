"""The rows of a run that a contract has refused: which rules, which values, from which files. All of it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent

from medallion_toolkit.deployment.refused.mending import Mending
from medallion_toolkit.python.helper_contract import Contract, Rule
from medallion_toolkit.python.helper_package import ReplaySql
from medallion_toolkit.repair.planning import Answers
from medallion_toolkit.repair.showing import HIDDEN

SHOWN_RULES, SHOWN_VALUES = 3, 3
VALUES_LOOKED_AT = 200
OPEN_CLASSES = (None, "public")


@dataclass(frozen=True)
class RefusedRule:
    """A rule and the rows that fail it: the most frequent values, how many more there are, and where from.

    `values` are None where they are absent; those of classified columns are hidden. `file` is set when all rows come
    from one.
    """

    rule: str
    rows: int
    values: tuple[str | None, ...]
    has_more: bool
    files: int
    file: str | None
    mending: Mending


@dataclass(frozen=True)
class RefusedRows:
    """What the quarantine of a table has from a run, by the rules that most rows fail."""

    table: str
    rules: tuple[RefusedRule, ...]


@dataclass(frozen=True)
class RuleGroup:
    """A row of `rules_query`, with the values of `values_query` and how often each came."""

    rule: str
    message: str
    rows: int
    files: int
    file: str | None
    values: Mapping[str | None, int]


def refused_query(contract: Contract, sql: ReplaySql, since: int | None, is_replayable: bool) -> str:
    """A row for each refused row: `_errors`, `source_file`; of those judged after `since`, in milliseconds.

    Where rows can come back only those that are still open count.
    """
    quarantine = sql.marks(contract)["quarantine"]
    later = f"WHERE _checked_at >= timestamp_millis({since})" if since is not None else ""
    if not is_replayable:
        carried = {one.name for one in contract.carry}
        file = "_source_file" if "_source_file" in carried else "CAST(NULL AS STRING)"
        return f"SELECT _errors, {file} AS source_file FROM {quarantine} {later}".rstrip()
    return f"""\
SELECT open_rows._errors, open_rows.source_file
FROM (
{indent(sql.open_rows_query(contract), "    ")}
) AS open_rows
LEFT SEMI JOIN (SELECT _row_id FROM {quarantine} {later}) AS judged ON judged._row_id = open_rows._row_id"""


def rules_query(rows: str, names: Sequence[str]) -> str:
    """The rules that most rows fail, with how many and from how many files; `names` leaves out all others."""
    chosen = f"WHERE rule IN ({_listed(names)})\n" if names else ""
    return f"""\
SELECT rule, min(message) AS message, count(*) AS rows, count(DISTINCT source_file) AS files, min(source_file) AS file
FROM (
    SELECT source_file, inline(_errors) FROM (
{indent(rows, "        ")}
    )
)
{chosen}GROUP BY rule
ORDER BY rows DESC, rule
LIMIT {SHOWN_RULES}"""


def values_query(rows: str, rules: Sequence[str]) -> str:
    """The most frequent values that fail each of the rules: `rule`, `value`, `times`."""
    return f"""\
SELECT rule, value, times
FROM (
    SELECT rule, value, count(*) AS times,
        row_number() OVER (PARTITION BY rule ORDER BY count(*) DESC, value) AS place
    FROM (
        SELECT source_file, inline(_errors) FROM (
{indent(rows, "            ")}
        )
    )
    WHERE rule IN ({_listed(rules)})
    GROUP BY rule, value
)
WHERE place <= {VALUES_LOOKED_AT}
ORDER BY rule, times DESC, value"""


def read_groups(rules: Answers, values: Answers) -> tuple[RuleGroup, ...]:
    """The answers to both queries together."""
    return tuple(
        RuleGroup(
            rule=str(row["rule"]),
            message=str(row["message"]),
            rows=_number(row["rows"]),
            files=_number(row["files"]),
            file=_file(row["file"]),
            values={
                None if one["value"] is None else str(one["value"]): _number(one["times"])
                for one in values
                if one["rule"] == row["rule"]
            },
        )
        for row in rules
    )


def refused_rule(group: RuleGroup, mending: Mending, is_hidden: bool) -> RefusedRule:
    """What is shown of a rule's rows."""
    values = tuple(group.values)[:SHOWN_VALUES]
    return RefusedRule(
        rule=group.rule,
        rows=group.rows,
        values=(HIDDEN,) if is_hidden else values,
        has_more=len(group.values) > len(values),
        files=group.files,
        file=group.file if group.files == 1 else None,
        mending=mending,
    )


def is_hidden(contract: Contract, rule: Rule | None) -> bool:
    """Whether values of the rule's columns are shown to nobody here: those with a classification other than public."""
    classified = {one.name for one in contract.columns if one.is_masked or one.classification not in OPEN_CLASSES}
    return rule is None or bool(classified.intersection(rule.columns))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _file(path: object) -> str | None:
    """A file with its folder: `orders/2026-11-21.json`."""
    return "/".join(str(path).rstrip("/").split("/")[-2:]) if path else None


def _number(value: object) -> int:
    return int(str(value))
