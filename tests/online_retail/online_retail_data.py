"""The day files read by Python alone: what the tables of examples/online_retail have to hold."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pytest

VARIABLE = "ONLINE_RETAIL_DIR"
WHERE = "examples/online_retail/README.md says where anyone gets it"
HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
CHARGES = {"AMAZONFEE", "BANK CHARGES", "C2", "D", "DOT", "M", "POST", "S"}


def data_folder(environment: Mapping[str, str], repository: Path) -> Path:
    """The folder of the data. Without it a test fails in CI; elsewhere it is reported as not run, with the reason."""
    named = environment.get(VARIABLE)
    folder = Path(named) if named else repository.parent / "shared" / "data" / "online-retail"
    if (folder / "by-day").is_dir() and (folder / "reference").is_dir():
        return folder
    reason = f"no online retail data in {folder} ({VARIABLE}); {WHERE}"
    if environment.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def folder_of_this_run(repository: Path) -> Path:
    """The folder of the data for the running process."""
    return data_folder(os.environ, repository)


@dataclass(frozen=True)
class Line:
    """One invoice line: `raw` is the row as it stands in the file of `day`."""

    raw: tuple[str, ...]
    day: str

    @property
    def invoice(self) -> str:
        return self.raw[0]

    @property
    def article(self) -> str:
        return self.raw[1].upper()

    @property
    def description(self) -> str | None:
        return self.raw[2].strip() or None

    @property
    def quantity(self) -> int:
        return int(self.raw[3])

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.raw[4])

    @property
    def price(self) -> Decimal:
        return Decimal(self.raw[5])

    @property
    def customer(self) -> str | None:
        return self.raw[6].removesuffix(".0") or None

    @property
    def country(self) -> str:
        return self.raw[7]

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price

    @property
    def is_credit(self) -> bool:
        return self.invoice.startswith("C")

    @property
    def is_charge(self) -> bool:
        return self.article in CHARGES

    @property
    def values(self) -> tuple[object, ...]:
        """The columns of silver.invoice_lines."""
        return (
            *(self.invoice, self.article, self.description, self.quantity),
            *(self.at, self.price, self.customer, self.country),
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        """The rules that keep the line out of silver.invoice_lines."""
        found = {
            "invoice_id_matches": not re.fullmatch(r"C?\d{6}", self.invoice),
            "description_present": self.description is None,
            "unit_price_in_range": self.price < 0,
            "returned_on_credit_note_only": self.quantity <= 0 and not self.is_credit,
            "credit_note_takes_back": self.quantity >= 0 and self.is_credit,
        }
        return tuple(name for name, is_broken in found.items() if is_broken)


@dataclass(frozen=True)
class OnlineRetail:
    """Every line of every day, and the countries of the reference by name."""

    folder: Path
    lines: tuple[Line, ...]
    countries: Mapping[str, tuple[str, str]]

    @property
    def days(self) -> list[str]:
        return sorted({line.day for line in self.lines})

    @cached_property
    def valid(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.reasons)

    @cached_property
    def quarantined(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.reasons)

    @cached_property
    def copies(self) -> Counter[tuple[str, ...]]:
        """How often each row comes, all eight values equal."""
        return Counter(line.raw for line in self.lines)


def read_online_retail(folder: Path) -> OnlineRetail:
    """Everything in `folder`, each value as text."""
    lines = [line for file in sorted((folder / "by-day").glob("*.csv")) for line in _lines(file)]
    with (folder / "reference" / "countries.csv").open(encoding="utf-8", newline="") as file:
        countries = {row["name"]: (row["code"], row["continent"]) for row in csv.DictReader(file)}
    return OnlineRetail(folder, tuple(lines), countries)


def _lines(path: Path) -> Iterable[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        assert tuple(next(rows)) == HEADER
        for row in rows:
            yield Line(tuple(row), path.stem)
