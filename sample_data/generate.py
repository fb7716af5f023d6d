"""Write the sample shop's files: `python -m sample_data.generate` (into the template), or `--output DIR`.

The output is checked in; a test makes it again and compares every byte.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sample_data import customers, feed, lines, reference, reviews
from sample_data.files import csv_file, json_lines, write
from sample_data.orders import Order
from sample_data.truth import truth_of

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "template" / "{{.project_name}}" / "fixtures"


def generate(fixtures: Path) -> None:
    """Write both days below `fixtures`."""
    products = reference.products()
    prices = [(str(row["product_id"]), str(row["list_price"])) for row in products[:40]]
    first, second = feed.orders_of_day_1(prices), feed.orders_of_day_2(prices)
    _write_day_1(fixtures / "landing", first, products)
    _write_day_2(fixtures / "next" / "2026-11-21", first, second)


def _write_day_1(folder: Path, orders: list[Order], products: list[dict[str, object]]) -> None:
    events = feed.feed_of_day_1(orders)
    line_rows = lines.clean_lines(orders)
    broken = lines.broken_lines(900001, line_rows, 8)
    write(folder, "orders/2026-11-19.json", json_lines(events[:260]))
    write(folder, "orders/2026-11-20.json", json_lines(events[260:]))
    write(folder, "order_lines/2026-11-20.csv", csv_file(lines.COLUMNS, [*line_rows, *broken]))
    write(folder, "customers/2026-11-20.csv", csv_file(customers.COLUMNS, customers.first_day()))
    write(folder, "reviews/2026-11-20.csv", csv_file(reviews.COLUMNS, reviews.first_day()))
    write(folder, "products/2026-11-01.parquet", reference.product_file(products))
    write(folder, "currencies/2026-11-01.csv", csv_file(reference.CURRENCY_COLUMNS, reference.CURRENCIES))


def _write_day_2(folder: Path, old: list[Order], new: list[Order]) -> None:
    line_rows = lines.clean_lines(new)
    broken = lines.broken_lines(900101, line_rows, 2)
    write(folder, "orders/2026-11-21.json", json_lines(feed.feed_of_day_2(old, new)))
    write(folder, "order_lines/2026-11-21.csv", csv_file(lines.COLUMNS, [*line_rows, *broken]))
    write(folder, "customers/2026-11-21.csv", csv_file(customers.COLUMNS, customers.second_day()))
    write(folder, "reviews/2026-11-21.csv", csv_file(reviews.COLUMNS, reviews.second_day()))


def main() -> None:
    """Entry point of `python -m sample_data.generate`."""
    parser = argparse.ArgumentParser(description="Write the sample shop's files and what a run must find in them.")
    parser.add_argument(
        "--output", type=Path, help="folder for fixtures/ and truth.json; default: the template and sample_data/"
    )
    output = parser.parse_args().output
    fixtures = output / "fixtures" if output else FIXTURES
    generate(fixtures)
    truth = json.dumps(truth_of(fixtures), indent=2, ensure_ascii=False) + "\n"
    write(output or ROOT / "sample_data", "truth.json", truth.encode())


if __name__ == "__main__":
    main()
