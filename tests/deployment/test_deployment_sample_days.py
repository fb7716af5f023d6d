"""Which files come next."""

from __future__ import annotations

from pathlib import Path

import pytest

from medallion_toolkit.deployment.sample_days import all_deliveries, later_deliveries, next_delivery


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    for name in (
        "landing/orders/1.json",
        "landing/.gitkeep",
        "landing/orders/.2.json.part",
        "next/2026-11-22/orders/3.json",
        "next/2026-11-21/orders/2.json",
        "next/2026-11-21/customers/2.csv",
        "next/README.md",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "landing"


def test_days_come_in_order_with_all_their_files(landing: Path) -> None:
    days = [(delivery.day, [file.name for file in delivery.files]) for delivery in later_deliveries(landing)]
    assert days == [("2026-11-21", ["customers/2.csv", "orders/2.json"]), ("2026-11-22", ["orders/3.json"])]


def test_the_first_delivery_is_what_landing_had_before_any_day(landing: Path) -> None:
    (landing / "orders" / "2.json").write_text("delivered meanwhile")
    assert [file.name for file in all_deliveries(landing)[0].files] == ["orders/1.json"]


def test_a_delivery_that_was_cut_off_is_finished_first(landing: Path) -> None:
    following = next_delivery(later_deliveries(landing), lambda file: file.name == "customers/2.csv")
    assert following is not None
    assert (following.day, [file.name for file in following.files]) == ("2026-11-21", ["orders/2.json"])


def test_nothing_is_next_when_everything_is_there(landing: Path) -> None:
    assert next_delivery(all_deliveries(landing), lambda file: True) is None


def test_an_empty_project_has_nothing_to_deliver(tmp_path: Path) -> None:
    assert all_deliveries(tmp_path / "landing") == ()
