"""Rules of whole tables: their queries give a verdict about the table as it is."""

from __future__ import annotations

from medallion_toolkit.checking.effect import TableVerdict
from medallion_toolkit.checking.lakehouse import Lakehouse, truth
from medallion_toolkit.python.helper_contract import Contract


def table_verdicts(lakehouse: Lakehouse, contract: Contract, base: Contract | None) -> tuple[TableVerdict, ...]:
    """The verdict of every table rule now, and of the base contract's where its query differs; one query for all."""
    if not contract.table_rules:
        return ()
    now = {rule.name: rule for rule in contract.table_rules}
    earlier = {rule.name: rule for rule in base.table_rules} if base else {}
    asked = [_asked("now", name, rule.query) for name, rule in now.items()]
    asked += [
        _asked("base", name, rule.query)
        for name, rule in earlier.items()
        if name in now and rule.query != now[name].query
    ]
    rows = {(str(row["side"]), str(row["rule"])): row for row in lakehouse.rows("\nUNION ALL\n".join(asked))}
    found = []
    for name, rule in now.items():
        row, was = rows["now", name], rows.get(("base", name))
        before = truth(was["ok"]) if was else truth(row["ok"]) if name in earlier else None
        found.append(
            TableVerdict(name, rule.on_fail, str(row["observed"]), str(row["limit_value"]), truth(row["ok"]), before)
        )
    return tuple(found)


def _asked(side: str, name: str, query: str) -> str:
    return (
        f"SELECT '{side}' AS side, '{name}' AS rule, CAST(observed AS STRING) AS observed, "
        f"CAST(limit_value AS STRING) AS limit_value, coalesce(ok, false) AS ok FROM (\n{query}\n)"
    )
