"""Rows in, rows out: what is computed in memory is what streams and stored tables give."""

from __future__ import annotations

import pytest
from case_project import CaseProject

pytestmark = pytest.mark.spark

ORDERS = """
defaults:
  bronze.orders: {order_id: O-1, amount: "5", ordered_at: "2026-01-02"}
  bronze.events: {id: A, name: Ada, at: 1, op: insert}
tests:
"""
GIVEN = """bronze.orders: [{}, {}, {order_id: O-2, amount: null},
                        {order_id: O-3, amount: "-1", ordered_at: "2026-01-03"}]
        bronze.events: [{}, {name: Eve, at: 3}, {id: B, name: Bob, at: 2}, {id: B, at: 4, op: delete}]"""
EXPECT = """
    expect:
      silver.paid_orders: [{order_id: O-1}, {order_id: O-1}, {order_id: O-3, amount: "-1"}]
      silver.distinct_orders: [{order_id: O-1}, {order_id: O-2}, {order_id: O-3}]
      silver.names: [{id: A, name: Eve, at: 3}]
      gold.daily#by_day: [{day: 2026-01-02, orders: 2, is_single: false}, {day: 2026-01-03, orders: 1, is_single: true}]
      gold.daily#busy: [{day: 2026-01-02}]
    expect_rules: {silver.paid_orders: {amount_positive: 2, amount_present: 1}}
    expect_dropped: {silver.paid_orders: 1}
"""


@pytest.mark.fidelity(
    "A streaming table of a stateless query holds the same rows, however its input is cut into batches",
    source="ldp/concepts (streaming tables)",
    verdict="same",
)
def test_one_run_gives_what_stored_streams_give(shop: CaseProject) -> None:
    found = shop.results(
        f"{ORDERS}  in memory:\n    given:\n        {GIVEN}{EXPECT}"
        f"  stored:\n    given:\n      - {GIVEN}\n      - {{}}{EXPECT}"
    )
    assert {name: result.lines for name, result in found.items()} == {"in memory": (), "stored": ()}


def test_what_differs_is_shown_in_memory_and_stored(shop: CaseProject) -> None:
    wrong = """
    expect: {silver.paid_orders: [{order_id: O-9}]}
    expect_rules: {silver.paid_orders: {amount_positive: 7}}
    expect_dropped: {silver.paid_orders: 3}
"""
    found = shop.lines(
        f"{ORDERS}  in memory:\n    given: {{bronze.orders: [{{}}]}}{wrong}"
        f"  stored:\n    given: [{{bronze.orders: [{{}}]}}, {{}}]{wrong}"
    )
    assert found["in memory"] == found["stored"]
    assert found["stored"] == (
        "silver.paid_orders:",
        "  expected     | actual",
        "  order_id=O-9 | order_id=O-1",
        "silver.paid_orders: amount_positive failed for 0 rows, expected 7",
        "silver.paid_orders: 0 rows dropped, expected 3",
    )


@pytest.mark.fidelity(
    "An update that fails on an expectation leaves the rows of earlier updates of the table",
    source="ldp/expectations (fail on invalid records)",
    verdict="same",
)
def test_a_failing_update_keeps_the_rows_of_the_one_before(shop: CaseProject) -> None:
    kept = "expect: {silver.checked_orders: [{order_id: O-1}]}"
    runs = "given: [{bronze.orders: [{}]}, {bronze.orders: [{order_id: null}]}]"
    found = shop.lines(
        f"{ORDERS}  by rule:\n    {runs}\n    fails: {{dataset: silver.checked_orders, rule: id_known}}\n    {kept}\n"
        f"  other rule:\n    given: {{bronze.orders: [{{order_id: null}}]}}\n"
        "    fails: {dataset: silver.checked_orders, rule: id_short}\n    expect: {silver.checked_orders: []}\n"
        f"  good:\n    given: {{bronze.orders: [{{}}]}}\n    fails: {{dataset: silver.checked_orders, code: MED410}}\n"
        f"  unexpected:\n    given: {{bronze.orders: [{{order_id: null}}]}}\n    {kept}\n"
    )
    assert found["by rule"] == ()
    assert found["other rule"] == (
        "silver.checked_orders: failed with MED410 expectation id_known failed, expected expectation id_short",
    )
    assert found["good"] == ("silver.checked_orders: was updated, expected to fail",)
    assert found["unexpected"][0].startswith("MED410 expectation id_known failed")


def test_a_cte_can_be_given(shop: CaseProject) -> None:
    found = shop.lines(
        f"{ORDERS}  given:\n    given: {{gold.daily#by_day: [{{day: 2026-01-05, orders: 3}}]}}\n"
        "    expect: {gold.daily#busy: [{day: 2026-01-05, orders: 3, is_single: null}]}\n"
        "  unknown:\n    given: {}\n    expect: {gold.daily#by_days: []}\n"
        "  two runs:\n    given: [{gold.daily#by_day: []}, {}]\n    expect: {gold.daily: []}\n"
    )
    assert found["given"] == ()
    assert "MED436" in found["unknown"][0]
    assert "did you mean by_day?" in found["unknown"][-1]
    assert "MED437" in found["two runs"][0]
