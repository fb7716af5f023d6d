"""What a gate asks of one contract: limits of counted rows, whole-table queries, rules of tables that SQL files make.

Each check is SQL with the columns `CHECK_COLUMNS`; `holds` is its verdict. `action` says what a miss does: `fail` stops
the job, `warn` is shown, `disabled` was not asked. `kind` says what was looked at: the `update` and its counts, `rows`
that the gate counted by a rule, the `table` as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from textwrap import indent

from ..model.contract import Contract, Disabled, Freshness, Rule, RuleLimit, TableRule
from ..rules.kinds import table_mark
from ..rules.rule_names import COUNTING_RULE
from ..rules.table_time import duration
from ..sql.words import identifier, literal
from ..tables.expectations import KEPT_RULE, QUARANTINED_RULE

COUNTING_RULES = (COUNTING_RULE, KEPT_RULE, QUARANTINED_RULE)
CHECK_COLUMNS = (
    "dataset", "check_name", "kind", "dimension", "severity", "action", "metric", "passed", "failed", "observed",
    "limit_value", "holds",
)  # fmt: skip
_MARK = re.compile(r"\[\[(\w+)\.([^\]]+)\]\]")
_NO_COUNT = "CAST(NULL AS BIGINT)"
_COUNTED = """\
SELECT dataset, check_name, 'update' AS kind, dimension, severity, action,
    coalesce(try_divide(CAST(failed AS DOUBLE), failed + passed), 0) AS metric, passed, failed,
    concat(round(coalesce(try_divide(100.0 * failed, failed + passed), 0), 1), ' % (', failed, ' of ',
        failed + passed, ')') AS observed,
    limit_value,
    coalesce(failed * 100 <= CAST(percent AS DECIMAL(9,4)) * (failed + passed), failed <= most, true) AS holds
FROM (
    SELECT limited.*, coalesce(sum(counted.passed), 0) AS passed, coalesce(sum(counted.failed), 0) AS failed
    FROM (VALUES
{rows}
    ) AS limited(dataset, check_name, dimension, severity, action, counted_in, rule, percent, most, limit_value)
    LEFT JOIN gate_expectations AS counted ON counted.dataset = counted_in
        AND (counted.name = rule OR (rule IS NULL AND counted.name NOT IN ({counting})))
    GROUP BY ALL
)"""


@dataclass(frozen=True)
class Check:
    """One thing asked of a dataset: a query of its own, or a row of the query over the update's counts."""

    dataset: str
    name: str
    query: str | None = None
    counted: str | None = None


def contract_checks(contract: Contract, layer: str) -> list[Check]:
    """Everything a contract limits, for a layer's gate; a contract that only asserts has its rules counted here."""
    limits = contract.limits
    checks = _counted_limits(contract)
    if limits.freshness is not None:
        checks.append(_freshness(contract, limits.freshness))
    if limits.least_rows is not None or limits.most_rows is not None:
        checks.append(_rows(contract))
    if contract.source is None:
        checks += _assertions(contract)
    checks += [_table_rule(contract, rule) for rule in contract.table_rules]
    checks += [_disabled(contract, one) for one in contract.disabled]
    return [replace(check, query=named(check.query, layer)) if check.query else check for check in checks]


def _shown(contract: Contract) -> str:
    """The dataset as a gate calls it; bronze tables, which the gate of silver judges, with their layer."""
    return contract.table if contract.layer == "bronze" else contract.name


def check_queries(checks: Iterable[Check]) -> list[str]:
    """The queries of these checks; all that need the update's counts are one."""
    found = list(checks)
    rows = [check.counted for check in found if check.counted is not None]
    counted = [_COUNTED.format(rows=",\n".join(f"        {row}" for row in rows), counting=_words(COUNTING_RULES))]
    return [*(counted if rows else []), *(check.query for check in found if check.query is not None)]


def check_query(facts: Mapping[str, str], source: str) -> str:
    """A check's SELECT; columns it does not state are NULL, severity is major, a miss stops the job."""
    usual = {
        "kind": "'table'",
        "severity": "'major'",
        "action": "'fail'",
        "metric": "CAST(NULL AS DOUBLE)",
        "passed": _NO_COUNT,
        "failed": _NO_COUNT,
    }
    stated = {**usual, **facts}
    columns = [f"{stated[name]} AS {name}" for name in CHECK_COLUMNS]
    lines = (", ".join(columns[:6]), ", ".join(columns[6:9]), columns[9], ", ".join(columns[10:]))
    return f"SELECT {f',{chr(10)}    '.join(lines)}\n{source}"


def _counted_limits(contract: Contract) -> list[Check]:
    if contract.source is None:
        return []
    limits = contract.limits
    quarantined = RuleLimit(limits.quarantined_percent, limits.quarantined_rows)
    checks = [
        _counted(contract, "quarantined", quarantined, COUNTING_RULE),
        _counted(contract, "failed", limits.failed),
    ]
    checks += [_counted(contract, rule.name, rule.limit, rule.name, rule) for rule in contract.rules]
    return [check for check in checks if check is not None]


def _counted(
    contract: Contract, name: str, limit: RuleLimit | None, rule: str | None = None, of: Rule | None = None
) -> Check | None:
    """A limit of rows that the update counted; `rule` None means the rules of the contract together."""
    if limit is None or (limit.percent is None and limit.rows is None):
        return None
    values = (
        *(literal(text) for text in (contract.name, name, of.dimension if of else "validity")),
        *(literal(text) for text in (of.severity if of else "major", "fail", contract.counted_in.lower())),
        "NULL" if rule is None else literal(rule),
        _or_null(limit.percent),
        _or_null(limit.rows),
        literal(limit_text(limit)),
    )
    return Check(contract.name, name, counted=f"({', '.join(values)})")


def limit_text(limit: RuleLimit) -> str:
    """A limit in words: `10 %`, `5 rows`."""
    return f"{limit.percent} %" if limit.percent is not None else f"{limit.rows} rows"


def _or_null(number: Decimal | int | None) -> str:
    return "NULL" if number is None else literal(number)


def _words(names: Sequence[str]) -> str:
    return ", ".join(literal(name) for name in names)


def _freshness(contract: Contract, freshness: Freshness) -> Check:
    not_stored = contract.history.not_stored if contract.history else ()
    is_in_checked = freshness.column.startswith("_") or freshness.column in not_stored
    table = contract.counted_in if is_in_checked and contract.making.stores_verdict else contract.name
    newest = f"max({identifier(freshness.column)})"
    age = f"timestampdiff(SECOND, {newest}, current_timestamp())"
    facts = {
        "dataset": literal(_shown(contract)),
        "check_name": "'freshness'",
        "dimension": "'timeliness'",
        "metric": f"CAST({age} AS DOUBLE)",
        "observed": f"coalesce(concat('newest ', {newest}), 'no rows')",
        "limit_value": f"'at most {duration(freshness.within_seconds)} old'",
        "holds": f"coalesce({age} <= {freshness.within_seconds}, false)",
    }
    return Check(_shown(contract), "freshness", check_query(facts, f"FROM {table_mark(f'{contract.layer}.{table}')}"))


def _rows(contract: Contract) -> Check:
    least, most = contract.limits.least_rows, contract.limits.most_rows
    limits = [f"count(*) >= {least}" if least is not None else "", f"count(*) <= {most}" if most is not None else ""]
    words = [f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else ""]
    facts = {
        "dataset": literal(_shown(contract)),
        "check_name": "'rows'",
        "dimension": "'completeness'",
        "metric": "CAST(count(*) AS DOUBLE)",
        "observed": "CAST(count(*) AS STRING)",
        "limit_value": f"'{', '.join(word for word in words if word)}'",
        "holds": " AND ".join(limit for limit in limits if limit),
    }
    return Check(_shown(contract), "rows", check_query(facts, f"FROM {table_mark(contract.table)}"))


def _assertions(contract: Contract) -> list[Check]:
    checks = [_violations(contract)] if contract.rules else []
    return checks + ([_unique_keys(contract)] if contract.keys else [])


def _violations(contract: Contract) -> Check:
    """All rules of a table in one pass over it."""
    counts = [f"count_if(NOT {rule.condition}) AS {identifier(rule.name)}" for rule in contract.rules]
    checks = [_violation(identifier(rule.name), rule, rule.limit) for rule in contract.rules]
    if contract.limits.failed is not None:
        total = " + ".join(identifier(rule.name) for rule in contract.rules)
        checks.append(_violation(f"({total})", None, contract.limits.failed, len(contract.rules)))
    query = f"""\
SELECT {literal(_shown(contract))} AS dataset, inline(array(
{indent(f",{chr(10)}".join(checks), "    ")}))
FROM (
    SELECT count(*) AS _rows,
{indent(f",{chr(10)}".join(counts), "        ")}
    FROM {table_mark(contract.table)}
)"""
    return Check(_shown(contract), "rules", query)


def _violation(count: str, rule: Rule | None, limit: RuleLimit | None, times: int = 1) -> str:
    total = "_rows" if times == 1 else f"{times} * _rows"
    allowed = limit or RuleLimit(rows=0)
    holds = f"{count} <= {allowed.rows}"
    if allowed.percent is not None:
        holds = f"{count} * 100 <= {literal(allowed.percent)} * {total}"
    facts = {
        "check_name": literal(rule.name if rule else "failed"),
        "kind": "'rows'" if rule else "'update'",
        "dimension": literal(rule.dimension if rule else "validity"),
        "severity": literal(rule.severity if rule else "major"),
        "action": "'warn'" if rule and rule.on_fail == "warn" and limit is None else "'fail'",
        "metric": f"coalesce(try_divide(CAST({count} AS DOUBLE), {total}), 0)",
        "passed": f"{total} - {count}",
        "failed": count,
        "observed": f"concat({count}, ' rows')" if allowed.percent is None else f"concat({count}, ' of ', {total})",
        "limit_value": literal(limit_text(allowed)),
        "holds": holds,
    }
    return f"struct({', '.join(f'{facts[name]} AS {name}' for name in CHECK_COLUMNS[1:])})"


def _unique_keys(contract: Contract) -> Check:
    keys = ", ".join(identifier(key) for key in contract.keys)
    facts = {
        "dataset": literal(_shown(contract)),
        "check_name": "'keys_unique'",
        "dimension": "'uniqueness'",
        "metric": "CAST(count(*) AS DOUBLE)",
        "observed": "concat(count(*), ' keys twice')",
        "limit_value": "'0 keys twice'",
        "holds": "count(*) = 0",
    }
    twice = f"FROM (SELECT {keys} FROM {table_mark(contract.table)} GROUP BY {keys} HAVING count(*) > 1)"
    return Check(_shown(contract), "keys_unique", check_query(facts, twice))


def _table_rule(contract: Contract, rule: TableRule) -> Check:
    facts = {
        "dataset": literal(_shown(contract)),
        "check_name": literal(rule.name),
        "dimension": literal(rule.dimension),
        "severity": literal(rule.severity),
        "action": "'warn'" if rule.on_fail == "warn" else "'fail'",
        "metric": "metric",
        "observed": "observed",
        "limit_value": "limit_value",
        "holds": "ok",
    }
    return Check(_shown(contract), rule.name, check_query(facts, f"FROM (\n    {rule.query}\n)"))


def named(query: str, layer: str) -> str:
    """The query with tables in the place of its marks: bare names in this layer, others below their schema's name."""
    return _MARK.sub(
        lambda mark: identifier(mark[2]) if mark[1] == layer else f"IDENTIFIER(:{mark[1]} || '.{mark[2]}')", query
    )


def _disabled(contract: Contract, one: Disabled) -> Check:
    facts = {
        "dataset": literal(_shown(contract)),
        "check_name": literal(one.rule),
        "dimension": "CAST(NULL AS STRING)",
        "severity": "CAST(NULL AS STRING)",
        "action": "'disabled'",
        "observed": "'not asked'",
        "limit_value": literal(one.reason),
        "holds": "true",
    }
    return Check(_shown(contract), one.rule, check_query(facts, "FROM (SELECT 1)"))
