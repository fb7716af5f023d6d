"""Rows to judge, five or twenty rules for them as a contract, and the same rules written by hand.

Every source column is text, as bronze has it; two of a hundred rows fail one or two rules.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROWS = 20_000_000
FILES = 16
GENERATED = """
concat('O-', id) AS order_id
CASE WHEN id % 500 = 7 THEN NULL ELSE concat('C-', id % 40000) END AS customer_id
CASE WHEN id % 400 = 3 THEN 'lost' ELSE elt(CAST(id % 3 + 1 AS INT), 'placed', 'paid', 'shipped') END AS status
CASE WHEN id % 300 = 5 THEN '12,50' WHEN id % 900 = 6 THEN '-1' ELSE CAST(id % 9000 / 100 AS STRING) END AS order_amount
CASE WHEN id % 700 = 9 THEN 'EURO' ELSE elt(CAST(id % 3 + 1 AS INT), 'EUR', 'USD', 'GBP') END AS currency_code
CAST(timestamp_seconds(1767225600 + id % 7776000) AS STRING) AS ordered_at
CAST(timestamp_seconds(1767225600 + id % 7776000 + id % 13) AS STRING) AS changed_at
CAST(id % 50 + 1 AS STRING) AS quantity
concat('user', id % 90000, '@example.org') AS contact_email
elt(CAST(id % 4 + 1 AS INT), 'DE', 'FR', 'GB', 'US') AS country_code
"""
COLUMNS = tuple(line.rsplit(" AS ", 1)[1] for line in GENERATED.strip().splitlines())
TYPES = {
    "order_amount": "DECIMAL(12,2)",
    "ordered_at": "TIMESTAMP",
    "changed_at": "TIMESTAMP",
    "quantity": "INT",
}

# Rule in a contract, and how an engineer writes it who knows about NULL; `_typed` rules are implied by the types.
FIVE = {
    "customer_id": (("not_null", "customer_id IS NOT NULL"),),
    "status": (
        ("allowed_values: [placed, paid, shipped, returned]",
         "(status IS NULL OR status IN ('placed', 'paid', 'shipped', 'returned'))"),
    ),
    "order_amount": (("range: {min: 0}", "(order_amount IS NULL OR order_amount >= 0)"),),
    "currency_code": (("length: {min: 3, max: 3}", "(currency_code IS NULL OR length(currency_code) = 3)"),),
}  # fmt: skip
FIFTEEN_MORE = {
    "order_id": (
        ("not_null", "order_id IS NOT NULL"),
        (r"regex: '^O-\d+\z'", r"(order_id IS NULL OR order_id RLIKE '^O-\\d+\\z')"),
        ("length: {max: 20}", "(order_id IS NULL OR length(order_id) <= 20)"),
    ),
    "customer_id": ((r"regex: '^C-\d+\z'", r"(customer_id IS NULL OR customer_id RLIKE '^C-\\d+\\z')"),),
    "status": (("not_null", "status IS NOT NULL"),),
    "currency_code": (("not_null", "currency_code IS NOT NULL"),),
    "ordered_at": (("not_null", "ordered_at IS NOT NULL"),),
    "changed_at": (("not_null", "changed_at IS NOT NULL"),),
    "quantity": (("range: {min: 1, max: 1000}", "(quantity IS NULL OR quantity BETWEEN 1 AND 1000)"),),
    "contact_email": (("length: {max: 254}", "(contact_email IS NULL OR length(contact_email) <= 254)"),),
    "country_code": (
        ("allowed_values: [DE, FR, GB, US]", "(country_code IS NULL OR country_code IN ('DE', 'FR', 'GB', 'US'))"),
    ),
}  # fmt: skip
ACROSS = {"changed_not_before_ordered": "changed_at >= ordered_at"}


def contract_text(count: int) -> str:
    """The contract of silver.orders with five or twenty rules; casts count as rules where their column is typed."""
    lines = []
    for column in COLUMNS:
        rules = [rule for rule, _ in _written(count).get(column, ())]
        column_type = TYPES.get(column, "string").lower() if _is_typed(column, count) else "string"
        lines.append(f'  {column}: {{type: "{column_type}", rules: [{", ".join(rules)}]}}')
    across = "".join(f"  {name}: {sql}\n" for name, sql in ACROSS.items()) if count > 5 else ""
    return (
        "table: silver.orders\nfrom: orders_conformed\ncarry: [_source_file]\ncolumns:\n"
        + "\n".join(lines)
        + (f"\nrules:\n{across}" if across else "\n")
    )


def rules_by_hand(count: int) -> dict[str, str]:
    """Name to condition: every rule of the contract, the casts included, as lean as NULL allows."""
    found = {}
    for column in COLUMNS:
        if _is_typed(column, count):
            found[f"{column}_typed"] = f"(_source.{column} IS NULL OR {column} IS NOT NULL)"
        for number, (_, sql) in enumerate(_written(count).get(column, ())):
            found[f"{column}_{number}"] = sql
    if count > 5:
        found |= {name: f"coalesce({sql}, false)" for name, sql in ACROSS.items()}
    return found


def typed_by_hand(count: int) -> tuple[str, ...]:
    """Select list: cast columns, metadata, and the values that were cast as they came."""
    cast = [column for column in COLUMNS if _is_typed(column, count)]
    came = ", ".join(f"'{column}', {column}" for column in cast)
    columns = [f"try_cast({one} AS {TYPES[one]}) AS {one}" if one in cast else one for one in COLUMNS]
    return (*columns, "_source_file", f"named_struct({came}) AS _source")


def verdict_by_hand(rules: dict[str, str]) -> str:
    """The guarded reasons: NULL for a clean row, else one struct for each broken rule."""
    reasons = ", ".join(
        f"CASE WHEN NOT {sql} THEN named_struct('rule', '{name}', 'message', '{name} must hold', "
        f"'columns', array('{name}'), 'severity', 'major', 'value', '') END"
        for name, sql in rules.items()
    )
    good = " AND ".join(rules.values())
    return f"CASE WHEN {good} THEN NULL ELSE filter(array({reasons}), e -> e IS NOT NULL) END AS _errors"


def write_rows(folder: Path, rows: int = ROWS) -> None:
    """Parquet files below `folder`."""
    from medallion_toolkit.engine.session import SessionOnDemand

    spark = SessionOnDemand(folder.parent / "generator").spark()
    frame = spark.range(0, rows, 1, FILES).selectExpr(*GENERATED.strip().splitlines())
    frame.write.mode("overwrite").parquet(str(folder))


def _is_typed(column: str, count: int) -> bool:
    return column in TYPES and (count > 5 or column == "order_amount")


def _written(count: int) -> dict[str, Sequence[tuple[str, str]]]:
    if count == 5:
        return dict(FIVE)
    return {column: (*FIVE.get(column, ()), *FIFTEEN_MORE.get(column, ())) for column in COLUMNS}


if __name__ == "__main__":
    write_rows(Path(sys.argv[1]), int(sys.argv[2]))
