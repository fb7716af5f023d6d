"""Customers: a CSV file of changed records, each with the moment of the change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sample_data.dice import Dice
from sample_data.files import Row

COLUMNS = ("customer_id", "full_name", "email", "country", "segment", "registered_on", "updated_at")
_FIRST = ("Ada", "Bram", "Chloé", "Dario", "Elif", "Finn", "Grete", "Hugo", "Ines", "Jonas", "Kaja", "Łukasz")
_LAST = ("Brook", "Castell", "Dahl", "Eriksen", "Fontaine", "Garcia", "Hollis", "Ivanova", "Jansen", "Kowalska")
_COUNTRIES = ("de", "FR", "nl", "GB", "ch", "PL", "se", "US")
_SEGMENTS = ("Consumer", "business", "VIP")


def customer_ids() -> list[str]:
    """Every customer that the first day knows."""
    return [f"C-{1001 + number}" for number in range(90)]


def first_day() -> list[Row]:
    """Ninety customers, twenty-four later versions of theirs, two repeated rows and seven that must not pass."""
    dice = Dice("customers 1")
    first = [_registered(customer_id, number, dice) for number, customer_id in enumerate(customer_ids())]
    later = [_changed(row, days=dice.between(2, 20), dice=dice) for row in first[:48:2]]
    return dice.shuffled([*first, *later, first[3], later[5], *_dirty(dice)])


def second_day() -> list[Row]:
    """New customers, new versions, one version that comes late and one row that must not pass."""
    dice = Dice("customers 2")
    original = Dice("customers 1")
    known = [_registered(customer_id, number, original) for number, customer_id in enumerate(customer_ids())]
    changed = [_changed(row, days=30, dice=dice) for row in (known[1], known[3], known[5], known[7], known[60])]
    segment = "business" if known[2]["segment"] != "business" else "vip"
    late = {**known[2], "segment": segment, "updated_at": _later(known[2], 1)}
    new = [_registered(f"C-{1101 + number}", number, dice) for number in range(4)]
    return [*changed, late, *new, {**new[0], "customer_id": None}]


def _registered(customer_id: str, number: int, dice: Dice) -> dict[str, object]:
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // 3 % len(_LAST)]
    day = date(2026, 9, 1) + timedelta(days=dice.below(50))
    return {
        "customer_id": customer_id,
        "full_name": f" {first} {last}" if number % 17 == 0 else f"{first} {last}",
        "email": f"{_ascii(first)}.{last}.{customer_id[2:]}@Example.org",
        "country": dice.one_of(_COUNTRIES),
        "segment": dice.one_of(_SEGMENTS),
        "registered_on": f"{day:%Y-%m-%d}",
        "updated_at": f"{day:%Y-%m-%d} {8 + number % 10:02}:{number % 60:02}:00",
    }


def _ascii(name: str) -> str:
    return name.replace("é", "e").replace("Ł", "L")


def _changed(row: Row, days: int, dice: Dice) -> dict[str, object]:
    other_country = dice.one_of([country for country in _COUNTRIES if country.upper() != str(row["country"]).upper()])
    return {**row, "country": other_country, "updated_at": _later(row, days)}


def _later(row: Row, days: int) -> str:
    moment = datetime.fromisoformat(str(row["updated_at"])) + timedelta(days=days)
    return moment.isoformat(" ")


def _dirty(dice: Dice) -> list[Row]:
    good = [_registered(f"C-{1901 + number}", number, dice) for number in range(7)]
    return [
        {**good[0], "email": "no address"},
        {**good[1], "segment": "friend"},
        {**good[2], "customer_id": None},
        {**good[3], "registered_on": "31.12.2025"},
        {**good[4], "full_name": None},
        {**good[5], "country": "Germany"},
        {**good[6], "registered_on": "2026-11-30", "email": "twice@@example.org"},
    ]
