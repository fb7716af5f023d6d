"""What a run over the sample files must find, worked out from the files alone in plain Python."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from sample_data.figures import gold_truth
from sample_data.history import current_rows, versions
from sample_data.judge import (
    Raw,
    is_implausible,
    judge_currency,
    judge_customer,
    judge_order,
    judge_order_line,
    judge_product,
    judge_review,
    tags_of_order_line,
)

Json = dict[str, object]
Row = TypeVar("Row")


def truth_of(fixtures: Path) -> Json:
    """The expected counts and figures after each day; day 2 comes on top of day 1."""
    days = {"2026-11-20": fixtures / "landing", "2026-11-21": fixtures / "next" / "2026-11-21"}
    seen: list[Path] = []
    result: Json = {}
    for day, folder in days.items():
        seen.append(folder)
        result[day] = {**silver_truth(folder, seen), **gold_truth(Valid(seen))}
    return result


class Valid:
    """The valid rows of every source in some folders, in the order of arrival."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.orders = _passing(_all(folders, read_orders), judge_order)
        self.order_lines = _passing(_all(folders, _csv("order_lines")), judge_order_line)
        self.customers = _passing(_all(folders, _csv("customers")), judge_customer)
        self.products = _passing(_all(folders, read_products), judge_product)
        self.currencies = _passing(_all(folders, _csv("currencies")), judge_currency)


def silver_truth(folder: Path, seen: Sequence[Path]) -> Json:
    """Counts of one delivery, and the rows that the tables hold after it."""
    valid = Valid(seen)
    orders = read_orders(folder)
    lines, reviews = _csv("order_lines"), _csv("reviews")
    return {
        "silver.orders": {
            **_counts(orders, judge_order),
            "warned": {"order_amount_plausible": sum(map(is_implausible, orders))},
            "rows": len(current_rows(valid.orders)),
        },
        "silver.order_lines": {
            **_counts(lines(folder), judge_order_line),
            "rows": len(valid.order_lines),
        },
        "silver.order_line_signals": {
            "in": len(lines(folder)),
            "tags": _tally(lines(folder), tags_of_order_line),
            "rows": len(_all(seen, lines)),
        },
        "silver.reviews": {
            **_counts(reviews(folder), judge_review),
            "rows": len(_all(seen, reviews)),
        },
        "silver.customers": {
            **_counts(_csv("customers")(folder), judge_customer),
            "rows": len(versions(valid.customers)),
        },
        "silver.products": {
            **_counts(read_products(folder), judge_product),
            "rows": len({row["product_id"] for row in valid.products}),
        },
        "silver.currencies": {
            **_counts(_csv("currencies")(folder), judge_currency),
            "rows": len({row["currency_code"] for row in valid.currencies}),
        },
    }


def read_orders(folder: Path) -> list[Raw]:
    """Every line of the feed; a line that is no JSON becomes a row of nothing."""
    lines = [line for path in sorted(folder.glob("orders/*.json")) for line in path.read_text("utf-8").splitlines()]
    return [_event(line) for line in lines]


def _event(line: str) -> Raw:
    try:
        values = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return {name: None if value is None else str(value) for name, value in values.items()}


def read_products(folder: Path) -> list[Mapping[str, object]]:
    """Every row of the Parquet files."""
    import pyarrow.parquet as pq

    return [row for path in sorted(folder.glob("products/*.parquet")) for row in pq.read_table(path).to_pylist()]


def _csv(source: str) -> Callable[[Path], list[Raw]]:
    def read(folder: Path) -> list[Raw]:
        rows: list[Raw] = []
        for path in sorted(folder.glob(f"{source}/*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows += [{name: value or None for name, value in row.items()} for row in csv.DictReader(file)]
        return rows

    return read


def _all(folders: Sequence[Path], read: Callable[[Path], list[Row]]) -> list[Row]:
    return [row for folder in folders for row in read(folder)]


def _passing(rows: Iterable[Row], judge: Callable[[Row], list[str]]) -> list[Row]:
    return [row for row in rows if not judge(row)]


def _counts(rows: Sequence[Row], judge: Callable[[Row], list[str]]) -> Json:
    bad = sum(1 for row in rows if judge(row))
    return {"in": len(rows), "valid": len(rows) - bad, "quarantined": bad, "reasons": _tally(rows, judge)}


def _tally(rows: Sequence[Row], judge: Callable[[Row], list[str]]) -> dict[str, int]:
    return dict(sorted(Counter(name for row in rows for name in judge(row)).items()))
