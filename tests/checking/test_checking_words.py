"""What a check says, and the names and types it works with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medallion_toolkit.checking.effect import ExampleRow, Release, RuleEffect, Share, TableEffect, TableVerdict
from medallion_toolkit.checking.lakehouse import WorkspaceLakehouse
from medallion_toolkit.checking.rows import stored_rows, struct_fields


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        (RuleEffect("r", "warn", 1, 1), "1 fail   as before"),
        (RuleEffect("r", "warn", None, 1200), "not asked → 1,200 fail"),
        (RuleEffect("r", "warn", 3, None), "3 fail → not asked"),
        (RuleEffect("r", "fail", 0, 2, limit="0 rows", ok=False), "0 fail → 2 fail   limit 0 rows   MISSED"),
        (RuleEffect("r", "warn", None, None, "no stored row has op"), "cannot be told: no stored row has op"),
    ],
)
def test_a_rule_says_what_changed(effect: RuleEffect, text: str) -> None:
    assert effect.as_text(has_base=True) == text


def test_examples_are_grouped_by_value_new_ones_first() -> None:
    rows = [("a", "1", True), ("a", "1", True), ("b", None, True), ("c", "2", False)]
    effect = RuleEffect("r", "warn", 1, 5, examples=tuple(ExampleRow(*row) for row in rows))
    assert effect.as_text(has_base=True) == "1 fail → 5 fail   (+4: '1' a, NULL b, …)"
    assert effect.as_text(has_base=False) == "5 fail   ('1' a, NULL b, …)"


@pytest.mark.parametrize(
    ("limit", "ok", "text"),
    [
        (Decimal(10), True, "5.6 % → 10.0 %   limit 10 %"),
        (Decimal("9.9"), False, "5.6 % → 10.0 %   limit 9.9 %   MISSED"),
        (None, None, "5.6 % → 10.0 %"),
    ],
)
def test_the_share_is_held_against_the_limit_as_the_gate_does(
    limit: Decimal | None, ok: bool | None, text: str
) -> None:
    share = Share(56, 1000, 100, 1000, limit)
    assert (share.ok, share.as_text()) == (ok, text)


def test_a_limit_of_rows_is_held_against_the_rows() -> None:
    share = Share(56, 1000, 100, 1000, None, 99)
    assert (share.ok, share.as_text()) == (False, "5.6 % → 10.0 %   100 rows   limit 99 rows   MISSED")
    assert Share(None, None, 99, 1000, None, 99).ok


def test_an_empty_table_holds_its_limit() -> None:
    share = Share(None, None, 0, 0, Decimal(0))
    assert (share.ok, share.as_text()) == (True, "0.0 %   limit 0 %")


def test_a_missed_table_rule_stops_and_a_warning_does_not() -> None:
    verdicts = [TableVerdict("rows", kind, "3", "at least 5", False, True) for kind in ("fail", "warn")]
    effects = [TableEffect("silver.t", "HEAD", 3, (), None, (one,)) for one in verdicts]
    assert [one.is_missed for one in effects] == [True, False]
    assert verdicts[0].as_text() == "3   limit at least 5   MISSED   held before"
    assert verdicts[1].as_text() == "3   limit at least 5   missed, warn only   held before"


def test_a_release_says_how_it_knows() -> None:
    assert Release(1204, 1204, 0, True).as_text() == "1,204 of 1,204 quarantined rows would pass"
    told = Release(5, 3, 1, False).as_text()
    assert told.startswith("3 of 5 quarantined rows would pass, 1 are given by the view no more   (judged as they came")


def test_names_of_a_target_are_quoted_part_by_part() -> None:
    asked: list[str] = []

    class Recorder:
        def rows(self, sql: str) -> list[dict[str, str | None]]:
            asked.append(sql)
            return []

    lakehouse = WorkspaceLakehouse("prod", Recorder(), {"silver": "shop.silver"})
    assert lakehouse.rows("SELECT * FROM [[silver.orders]] JOIN [[other.cat.t]]") == []
    assert lakehouse.columns("silver.orders") is None
    assert asked[0] == "SELECT * FROM `shop`.`silver`.`orders` JOIN `other`.`cat`.`t`"
    assert "FROM `shop`.information_schema.columns WHERE table_schema = 'silver' AND table_name = 'orders'" in asked[1]


def test_only_the_newest_attempt_of_a_row_counts() -> None:
    with_attempts = stored_rows("silver.orders_checked", {"_row_id": "string", "_attempt": "int"})
    without = stored_rows("silver.orders_checked", {"_row_id": "string"})
    assert "LEFT ANTI JOIN" in with_attempts.sql
    assert without.sql == "SELECT * FROM [[silver.orders_checked]]"


def test_fields_that_came_are_those_of_the_struct() -> None:
    kind = "struct<amount:string, `at`:string>"
    rows = stored_rows("silver.t_checked", {"amount": "decimal(12, 2)", "_source": kind})
    assert rows.came == {"amount", "at"}
    assert rows.type_of("AMOUNT") == "decimal(12,2)"
    assert struct_fields("struct<a:map<string,int>,b:decimal(1,2)>") == ("a", "b")
