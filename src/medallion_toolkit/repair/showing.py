"""What is asked and shown of quarantined rows, the same on a laptop and in a workspace."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from medallion_toolkit.engine.files.rescue import literal, quoted
from medallion_toolkit.errors import UsageError, did_you_mean
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.python.helper_package import ReplaySql
from medallion_toolkit.repair.model import Attempt, Journey, RuleVerdict

HIDDEN = "***"
NOT_CONTRACT = ("_rescued_data", "_source")


def rows_query(contract: Contract, sql: ReplaySql, rule: str | None) -> str:
    """A row for each open row as it came, `newest_reasons` beside it; UsageError MED379 for an unknown rule."""
    if rule is not None and rule not in {one.name for one in contract.rules}:
        raise _unknown_rule(contract, rule)
    chosen = f"WHERE exists(open_rows._errors, e -> e.rule = '{rule}')" if rule else ""
    return f"""\
SELECT came.*, open_rows._errors AS newest_reasons
FROM {sql.marks(contract)["quarantine"]} AS came
JOIN (
{sql.open_rows_query(contract)}
) AS open_rows ON open_rows._row_id = came._row_id AND open_rows._attempt = coalesce(came._attempt, 0)
{chosen}"""


def shown_columns(contract: Contract, present: Collection[str], unmasked: bool) -> list[str]:
    """The columns of `rows_query` that are shown, as SQL; `present` are those that the table has."""
    hidden = frozenset() if unmasked else classified(contract)
    reason = "concat(e.rule, CASE WHEN e.value IS NULL THEN '' ELSE concat(' (', e.value, ')') END)"
    shown = [f"array_join(transform(newest_reasons, e -> {reason}), ', ') AS reasons", "_row_id"]
    names = [column.name for column in contract.columns]
    names += [name for name in ("_attempt", "_rescued_data") if name in present]
    shown += ["element_at(split(_source_file, '/'), -1) AS file"] if "_source_file" in present else []
    return shown + [
        f"CASE WHEN {quoted(name)} IS NOT NULL THEN '{HIDDEN}' END AS {quoted(name)}"
        if name in hidden
        else quoted(name)
        for name in names
    ]


def classified(contract: Contract) -> frozenset[str]:
    """The columns whose values are hidden, with those that may hold the same values."""
    masked = {column.name for column in contract.columns if column.is_masked}
    return frozenset({*masked, *NOT_CONTRACT} if masked else ())


def row_id_query(contract: Contract, sql: ReplaySql, row: str) -> str:
    """Up to three `_row_id` that begin with `row`, itself first where it is one."""
    mark, text = sql.marks(contract)["checked"], literal(row)
    return f"SELECT DISTINCT _row_id FROM {mark} WHERE startswith(_row_id, {text}) ORDER BY 1 LIMIT 3"


def chosen_row(contract: Contract, row: str, found: Sequence[str]) -> str:
    """The one row that is meant; UsageError MED373 when there is none, or more than one."""
    if row in found or len(found) == 1:
        return row if row in found else found[0]
    raise UsageError(
        "MED373",
        f"several rows of {contract.table} begin so" if found else f"{contract.table} has no such row",
        found=row,
        expected=", ".join(found) if found else "a _row_id, or its first characters",
        next=f"medallion quarantine show {contract.table}",
    )


def tell_journey(
    contract: Contract,
    row: str,
    bronze: Mapping[str, object] | None,
    present: Mapping[str, object] | None,
    rules: Sequence[RuleVerdict],
    attempts: Sequence[Attempt],
    is_waiting: bool,
    unmasked: bool,
) -> Journey:
    """The way of a row; `present` is what the present query gives for it, None where it is gone."""
    hidden = frozenset() if unmasked else classified(contract)
    return Journey(
        contract.table,
        row,
        _values(bronze, hidden if unmasked else _bronze_hidden(contract)) if bronze else None,
        _values(_judged_values(contract, present), hidden) if present else None,
        tuple(rules),
        tuple(attempts),
        _where(contract, attempts, is_waiting),
    )


def attempt_of(values: Mapping[str, object], reasons: Sequence[Mapping[str, object]]) -> Attempt:
    """One verdict of `_checked` about a row."""
    state = "quarantined" if reasons else "dropped" if values.get("_dropped") in (True, "true") else "valid"
    checked_at, version = values.get("_checked_at"), values.get("_contract_version")
    return Attempt(
        int(str(values["_attempt"] or 0)),
        state,
        tuple(reasons),
        str(checked_at).replace("T", " ")[:19] if checked_at else None,
        str(version) if version else None,
    )


def _judged_values(contract: Contract, values: Mapping[str, object]) -> dict[str, object]:
    """What the row says of itself: the contract's columns and where it came from."""
    names = [column.name for column in contract.columns]
    return {name: values[name] for name in (*names, "_source_file", "_ingestion_timestamp") if name in values}


def _bronze_hidden(contract: Contract) -> frozenset[str] | None:
    """None hides every value: bronze has names of its own, and nothing says which of them is classified."""
    return None if classified(contract) else frozenset()


def _values(row: Mapping[str, object], hidden: frozenset[str] | None) -> dict[str, object]:
    def shown(name: str, value: object) -> object:
        is_hidden = (hidden is None and not name.startswith("_")) or (hidden is not None and name in hidden)
        return HIDDEN if is_hidden and value is not None else value

    return {name: shown(name, value) for name, value in row.items()}


def _where(contract: Contract, attempts: Sequence[Attempt], is_waiting: bool) -> str:
    if is_waiting:
        return f"waits in {contract.table}_replay for the next run"
    last = attempts[-1].state if attempts else "gone"
    return {"valid": f"in {contract.table}", "quarantined": f"open, in {contract.table}_quarantine"}.get(last, last)


def _unknown_rule(contract: Contract, rule: str) -> UsageError:
    names = [one.name for one in contract.rules]
    return UsageError(
        "MED379",
        f"{contract.table} has no rule {rule}",
        expected=", ".join(names),
        help=did_you_mean(rule, names),
    )
