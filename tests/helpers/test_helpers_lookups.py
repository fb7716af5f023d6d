"""References and uniqueness as rules of the row: where they stand, and where they are refused."""

from __future__ import annotations

import pytest
from contract_samples import LINES, ORDERS, contract, plan_of

from medallion import MedallionContractError, plan_tables, render_sql
from medallion.model.contract import Contract, Rule

ON_ID = "line_id:  {type: string}"
REFERRING = LINES.replace(
    ON_ID, "line_id:  {type: string, rules: [reference: {to: silver.orders.order_id, on_fail: quarantine}]}"
)
SNAPSHOTS = """
table: silver.parts
from: parts_all
keys: [id]
history: {type: 1, snapshot_by: day}
columns: {id: {type: int}, name: {type: string}, day: {type: date}}
"""


def rule(text: str, name: str) -> Rule:
    return next(one for one in contract(text).rules if one.name == name)


def test_a_reference_is_judged_where_every_row_is() -> None:
    found = rule(REFERRING, "line_id_known")
    assert (found.on_fail, found.condition, found.looks_around) == ("quarantine", "_context.line_id_known", True)
    assert (found.kind, found.columns, found.value) == ("reference", ("line_id",), "line_id")
    plan = plan_of(plan_tables(contract(REFERRING), {"silver": "s"}), "s.order_lines_checked")
    types = {column.name: column.type for column in plan.columns}
    assert types["_context"] == "STRUCT<line_id_known: BOOLEAN>"
    assert plan.expectations.warn["line_id_known"] == "_context.line_id_known"
    joined = "LEFT JOIN (SELECT DISTINCT try_cast(order_id AS STRING) AS __line_id_known FROM s.orders)"
    assert joined in render_sql(contract(REFERRING), {"silver": "s"})
    assert "(line_id IS NULL OR __line_id_known IS NOT NULL)" in render_sql(contract(REFERRING))


def test_a_column_is_found_in_whatever_case_it_is_named() -> None:
    known = "  known_order: {reference: {column: LINE_ID, to: silver.orders.order_id}, on_fail: quarantine}\n"
    assert "try_cast(order_id AS STRING) AS __known_order" in render_sql(
        contract(LINES.replace("rules:\n", f"rules:\n{known}"))
    )
    by_file = SNAPSHOTS.replace("snapshot_by: day", "snapshot_by: _SOURCE_FILE")
    assert "_SOURCE_FILE AS snapshot" in render_sql(contract(by_file))
    with pytest.raises(MedallionContractError, match="did you mean day"):
        contract(SNAPSHOTS.replace("snapshot_by: day", "snapshot_by: DAY"))


def test_a_delete_needs_no_partner() -> None:
    text = ORDERS.replace(
        "rules: [not_null]", "rules: [not_null, reference: {to: silver.customers.customer_id, on_fail: quarantine}]"
    )
    assert rule(text, "customer_id_known").condition == (
        "(coalesce(change_type = 'delete', false) OR _context.customer_id_known)"
    )


def counted(one: Contract) -> list[tuple[str, str]]:
    return [(found.name, found.on_fail) for found in one.table_rules]


@pytest.mark.parametrize("options", ["", ", on_fail: fail", ", on_fail: warn"])
def test_what_does_not_ask_for_its_rows_is_counted_after_the_update(options: str) -> None:
    stops = "warn" if "warn" in options else "fail"
    for rule_text, name in (
        ("reference: {to: silver.orders.order_id%s}", "known"),
        ("unique: {nulls: equal%s}", "unique"),
    ):
        text = LINES.replace(ON_ID, f"line_id: {{type: string, rules: [{rule_text % options}]}}")
        assert counted(contract(text)) == [(f"line_id_{name}", stops)]
        assert counted(contract(text + "kind: materialized_view\n")) == [(f"line_id_{name}", stops)]


def test_a_view_quarantines_all_but_the_first_of_equal_rows() -> None:
    text = (
        LINES.replace(ON_ID, "line_id:  {type: string, rules: [unique: {on_fail: quarantine}]}")
        + "kind: materialized_view\n"
    )
    assert not contract(text).table_rules
    order = "PARTITION BY line_id ORDER BY _ingestion_timestamp, _source_file, _row_id) = 1"
    assert f"(line_id IS NULL OR row_number() OVER ({order})" in render_sql(contract(text))


def test_within_snapshots_a_value_is_unique_in_each() -> None:
    text = SNAPSHOTS.replace("name: {type: string}", "name: {type: string, rules: [unique: {on_fail: quarantine}]}")
    assert [one.name for one in contract(text).rules][-2:] == ["snapshot_accepted", "keys_unique"]
    assert "PARTITION BY `day`, name ORDER BY" in render_sql(contract(text))


REFUSED = {
    "itself": (
        LINES.replace(
            ON_ID, "line_id: {type: string, rules: [reference: {to: silver.order_lines.line_id, on_fail: drop}]}"
        ),
        "MED361",
        "rows cannot be judged by the table they go to",
    ),
    "stream": (
        LINES.replace(ON_ID, "line_id: {type: string, rules: [unique: {on_fail: quarantine}]}"),
        "MED362",
        "which of several equal rows is the first cannot be said of a stream",
    ),
    "copy-free": (
        REFERRING + "quarantine: {stored: false}\n",
        "MED360",
        "rule line_id_known needs more than the row alone",
    ),
    "taken": (
        SNAPSHOTS + "rules: {keys_unique: id > 0}\n",
        "MED307",
        "two rules are called keys_unique",
    ),
    "no order": (SNAPSHOTS + "carry: [_source_file]\n", "MED312", "the first of several rows needs _row_id"),
    "events": (
        SNAPSHOTS.replace("snapshot_by: day", "snapshot_by: day, delete_when: id = 1"),
        "MED312",
        "snapshots have no events",
    ),
    "no snapshots": (
        SNAPSHOTS.replace("snapshot_by: day", "sequence_by: day, most_keys_lost: 20 %"),
        "MED312",
        "most_keys_lost is for snapshots",
    ),
    "unknown": (SNAPSHOTS.replace("snapshot_by: day", "snapshot_by: days"), "MED310", "snapshot_by names a column"),
    "neither": (SNAPSHOTS.replace(", snapshot_by: day", ""), "MED305", "key sequence_by is missing"),
    "sources": (
        SNAPSHOTS.replace("from: parts_all", "from: [parts_all, more_all]"),
        "MED312",
        "a materialized view has one query",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_judged_is_refused_with_advice(name: str) -> None:
    text, code, message = REFUSED[name]
    with pytest.raises(MedallionContractError) as raised:
        contract(text)
    assert (raised.value.code, raised.value.message.startswith(message)) == (code, True)
    assert raised.value.line > 1
