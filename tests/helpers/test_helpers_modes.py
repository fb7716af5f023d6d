"""Where failing rows go: another table, a column of the same one, and without the stored copy."""

from __future__ import annotations

import pytest
from contract_samples import LINES, ORDERS, contract, plan_of

from medallion import MedallionContractError, TablePlan, plan_tables
from medallion.contracts.version import contract_version

SCHEMAS = {"silver": "s"}
TAGGING = LINES.replace("max: 1000, on_fail: warn", "max: 1000, on_fail: tag")
UNSTORED = LINES + "quarantine: {mode: split, stored: false}\n"


def plans(text: str) -> tuple[TablePlan, ...]:
    return plan_tables(contract(text), SCHEMAS)


def columns(plan: TablePlan) -> list[str]:
    return [column.name for column in plan.columns]


def test_tags_stand_where_a_row_goes_on_and_nowhere_without_a_rule_that_tags() -> None:
    made = {plan.role: columns(plan) for plan in plans(TAGGING)}
    assert {role: "_tags" in names for role, names in made.items()} == {
        "checked": True,
        "quarantine": False,
        "table": True,
    }
    assert all("_tags" not in columns(plan) for plan in plans(LINES))


def test_a_history_keeps_tags_and_no_tag_opens_a_version() -> None:
    text = ORDERS.replace("order_amount < 100000, on_fail: warn", "order_amount < 100000, on_fail: tag")
    made = plans(text.replace("type: 1", "type: 2"))
    table, view = plan_of(made, "s.orders"), plan_of(made, "orders_valid")
    assert "_tags" in columns(table)
    assert "_tags" in view.flows[0].steps[0].select
    assert table.cdc is not None
    assert "_tags" not in table.cdc.track_history


def test_the_tag_form_is_one_table_with_nothing_but_tags() -> None:
    (table,) = plans(LINES + "quarantine: tag\n")
    assert columns(table)[-2:] == ["_source", "_tags"]
    assert "_errors" not in columns(table)
    assert set(table.expectations.drop) == {"no_test_rows"}
    assert table.expectations.warn["row_is_valid"].startswith("NOT coalesce(arrays_overlap(_tags, ")


def test_the_copy_free_form_reads_a_view_twice_and_counts_every_row_in_the_quarantine_table() -> None:
    judged, quarantine, table = plans(UNSTORED)
    assert (judged.name, judged.kind, judged.columns) == ("order_lines_judged", "temporary_view", ())
    assert [plan.flows[0].source for plan in (quarantine, table)] == ["order_lines_judged"] * 2
    assert quarantine.flows[0].steps[0].where is None
    assert dict(quarantine.expectations.drop) == {"row_is_quarantined": "_errors IS NOT NULL"}
    rules = {rule.name for rule in contract(UNSTORED).rules}
    assert set(quarantine.expectations.warn) == {*rules, "row_is_valid", "row_is_kept"}
    assert not table.expectations.warn
    assert "order_lines_checked" not in "".join(str(plan) for plan in plans(UNSTORED))


@pytest.mark.parametrize(
    ("text", "table"),
    [
        (LINES, "order_lines_checked"),
        (LINES + "quarantine: flag\n", "order_lines"),
        (LINES + "quarantine: tag\n", "order_lines"),
        (UNSTORED, "order_lines_quarantine"),
    ],
)
def test_the_gate_reads_the_counts_where_they_are_made(text: str, table: str) -> None:
    assert contract(text).counted_in == table
    assert [plan.name for plan in plans(text) if "row_is_valid" in plan.expectations.warn] == [f"s.{table}"]


def test_a_column_may_be_called_as_the_clock_begins() -> None:
    text = UNSTORED.replace("price:", "current_price:")
    assert not any(rule.looks_around for rule in contract(text).rules)


REFUSED = {
    "clock": (
        UNSTORED.replace(
            "rules:\n  no_test", "rules:\n  recent: _ingestion_timestamp <= current_timestamp()\n  no_test"
        ),
        "MED360",
        "rule recent needs more than the row alone",
    ),
    "now": (
        UNSTORED.replace("on_fail: drop", "on_fail: drop, where: _ingestion_timestamp <= now()"),
        "MED360",
        "rule no_test_rows needs more than the row alone",
    ),
    "fail": (UNSTORED.replace("on_fail: drop", "on_fail: fail"), "MED360", "rule no_test_rows stops one reader"),
    "one table": (LINES + "quarantine: {mode: flag, stored: false}\n", "MED312", "flag is one table"),
    "two sources": (
        UNSTORED.replace("from: order_lines_conformed", "from: [a, b]"),
        "MED312",
        "stored: false is for a streaming table with one source",
    ),
    "history": (ORDERS + "quarantine: tag\n", "MED312", "a history cannot keep invalid rows"),
    "view": (ORDERS + "kind: materialized_view\n", "MED312", "a history needs a stream"),
    "union": (
        LINES.replace("from: order_lines_conformed", "from: [a, b]") + "kind: materialized_view\n",
        "MED312",
        "a materialized view has one query",
    ),
    "backfill": (LINES + "kind: materialized_view\nbackfill: old_lines\n", "MED312", "a materialized view has one"),
    "twice": (LINES.replace("from: order_lines_conformed", "from: [a, A]"), "MED302", "A feeds the table twice"),
    "no source": (LINES.replace("from: order_lines_conformed\n", "backfill: a\n"), "MED312", "backfill needs from"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_together_is_refused_where_it_stands(name: str) -> None:
    text, code, message = REFUSED[name]
    with pytest.raises(MedallionContractError) as raised:
        contract(text)
    assert raised.value.code == code
    assert raised.value.message.startswith(message)
    assert raised.value.line > 1


def test_the_version_changes_with_what_decides_and_with_nothing_else() -> None:
    first = contract_version(contract(LINES))
    same = LINES.replace("keys:", "description: Lines.\nowner: sales\nkeys:").replace("2.5%", "5 %")
    assert contract_version(contract(same)) == first
    others = (
        LINES.replace("min: 1}", "min: 2}"),
        LINES.replace("type: double", "type: float"),
        LINES.replace("on_fail: drop", "on_fail: warn"),
    )
    assert len({first, *(contract_version(contract(text)) for text in others)}) == 4
    assert contract_version(contract(LINES + "version: 2.1.0\n")) == f"2.1.0+{first}"
