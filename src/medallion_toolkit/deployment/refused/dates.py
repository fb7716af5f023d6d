"""Dates and times that are not written as year, month, day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medallion_toolkit.engine.files.rescue import literal

from .model import DATES, ValueForm, Write, template

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
# What a cast reads; a column that states a format of its own wants that one.
WRITTEN = "yyyy-MM-dd HH:mm:ss"
_NAMES = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# Names of zones that say one offset and no region, which a cast does not take.
_OFFSETS = {
    "MEZ": "+01:00", "MESZ": "+02:00", "CEST": "+02:00", "WEST": "+01:00", "EEST": "+03:00", "EDT": "-04:00",
    "CDT": "-05:00", "MDT": "-06:00", "PDT": "-07:00", "AKDT": "-08:00", "JST": "+09:00", "AEST": "+10:00",
}  # fmt: skip


@dataclass(frozen=True)
class _Order:
    """Parts of a date in one order: the expression, and its pattern with `-` in the place of the sign between."""

    title: str
    code: str
    expression: str
    pattern: str
    samples: tuple[str, ...]


_DAY_FIRST, _OTHER = "a date with the day first", "a date in another order"
_ORDERS = (
    _Order(_DAY_FIRST, "MED898", rf"{_DAY}([./-]){_MONTH}\1{_YEAR}", "d-M-yyyy", ("31.12.2026", "3/4/2026")),
    _Order(_DAY_FIRST, "MED898", rf"{_DAY}([./-]){_MONTH}\1\d\d", "d-M-yy", ("31.12.26",)),
    _Order("a date with the month first", "MED899", rf"{_MONTH}([./-]){_DAY}\1{_YEAR}", "M-d-yyyy", ("12/31/2026",)),
    _Order(_OTHER, "MED899", rf"{_YEAR}([./]){_MONTH}\1{_DAY}", "yyyy-M-d", ("2026/12/31",)),
    _Order(_OTHER, "MED899", rf"{_YEAR}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", "yyyyMMdd", ("20261231",)),
    _Order(_OTHER, "MED899", rf"{_DAY}[ -](?:{_NAMES})[ -]{_YEAR}", "d-MMM-yyyy", ("31 Dec 2026", "3-Jan-2026")),
)


def _form(order: _Order) -> ValueForm:
    return ValueForm(
        order.code, order.title, DATES, rf"(?:{order.expression}){_TIME}", order.samples, _parsed(order.pattern)
    )


def _parsed(pattern: str) -> Write:
    def write(text: str, seen: Sequence[str]) -> str:
        form = literal(_written_like(pattern, seen))
        parsed = f"date_format(try_to_timestamp({text}, {form}), '{WRITTEN}')"
        return f"coalesce({parsed}, {text})"

    return write


def _written_like(pattern: str, seen: Sequence[str]) -> str:
    """The pattern with the sign between the parts, and the time, as the first value has them."""
    value = (seen[0] if seen else "").strip()
    between = next((sign for sign in value if sign in "./- "), "-")
    date = pattern.replace("-", between)
    time = re.search(r"([ T])\d{1,2}:\d{2}(:\d{2})?$", value)
    if time is None:
        return date
    before = " " if time[1] == " " else "'T'"
    return f"{date}{before}H:mm{':ss' if time[2] else ''}"


def _with_offset(text: str, seen: Sequence[str]) -> str:
    """The name of a zone becomes its offset; a cast takes one only behind seconds."""
    offsets: dict[str, str] = {}
    for value in seen:
        time, _, name = value.strip().rpartition(" ")
        offsets.setdefault(name, ("" if time.count(":") == 2 else ":00") + _OFFSETS[name.upper()])
    for name, offset in offsets.items():
        text = f"replace({text}, {literal(f' {name}')}, {literal(offset)})"
    return text


DATE_FORMS = (
    *(_form(order) for order in _ORDERS),
    ValueForm(
        "MED886",
        "a time zone by a name that is not understood",
        DATES,
        rf"{_YEAR}-\d\d?-\d\d?[ T]\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)? (?:{'|'.join(_OFFSETS)})",
        ("2026-11-21 05:00:00 MEZ", "2026-11-21 05:00 PDT"),
        _with_offset,
    ),
    ValueForm(
        "MED888",
        "a date as spreadsheets count it, in days since 1899-12-30",
        DATES,
        r"[2-5]\d{4}(?:\.\d+)?",
        ("46347.25",),
        template(
            "date_format(timestampadd(SECOND, CAST(round(try_cast({x} AS DOUBLE) * 86400) AS BIGINT), "
            f"TIMESTAMP_NTZ '1899-12-30 00:00:00'), {literal(WRITTEN)})"
        ),
        is_guarded=True,
    ),
)
