"""A contract makes its tables: which, with which columns, comments, masks, flows and expectations."""

from __future__ import annotations

from contract_samples import CUSTOMERS, DAILY_SALES, LINES, ORDERS, contract, plan_of

from medallion import plan_tables
from medallion.tables.masks import mask_functions

SCHEMAS = {"bronze": "b", "silver": "s", "gold": "g"}
CARRIED = ["_row_id", "_source_file", "_ingestion_timestamp", "_batch_id", "_rescued_data"]


def names(text: str) -> list[tuple[str, str]]:
    return [(plan.name, plan.kind) for plan in plan_tables(contract(text), SCHEMAS)]


def test_a_history_has_a_view_of_its_valid_events() -> None:
    assert names(ORDERS) == [
        ("s.orders_checked", "streaming_table"),
        ("s.orders_quarantine", "streaming_table"),
        ("orders_valid", "temporary_view"),
        ("s.orders", "streaming_table"),
    ]


def test_without_history_rows_are_appended() -> None:
    assert [name for name, _ in names(LINES)] == ["s.order_lines_checked", "s.order_lines_quarantine", "s.order_lines"]


def test_a_contract_without_from_makes_nothing() -> None:
    assert names(DAILY_SALES) == []


def test_the_flag_form_is_one_table_that_keeps_every_row() -> None:
    text = LINES.replace("limits:", "quarantine: flag\nlimits:")
    (plan,) = plan_tables(contract(text), SCHEMAS)
    names = [column.name for column in plan.columns]
    assert names[-5:] == ["_source", "_validation_errors", "_checked_at", "_contract_version", "_is_valid"]
    assert set(plan.expectations.drop) == {"no_test_rows"}
    assert plan.expectations.warn["row_is_valid"] == "_is_valid"


def test_checked_has_typed_values_metadata_values_as_they_came_and_the_verdict() -> None:
    plan = plan_of(plan_tables(contract(LINES), SCHEMAS), "s.order_lines_checked")
    assert [column.name for column in plan.columns] == [
        "line_id", "quantity", "price", "is_test", *CARRIED, "_source", "_attempt", "_dropped", "_errors",
        "_checked_at", "_contract_version",
    ]  # fmt: skip
    source = next(column for column in plan.columns if column.name == "_source")
    assert source.type == "STRUCT<quantity: STRING, price: STRING, is_test: STRING>"


def test_every_rule_is_counted_and_fail_rules_stop_the_update() -> None:
    text = LINES.replace("range: {min: 1}", "range: {min: 1, on_fail: fail}")
    expectations = plan_of(plan_tables(contract(text), SCHEMAS), "s.order_lines_checked").expectations
    assert list(expectations.fail) == ["quantity_in_range"]
    assert expectations.drop == {}
    assert {"row_is_kept": "NOT _dropped", "row_is_valid": "_errors IS NULL"}.items() <= expectations.warn.items()
    assert "price_in_range" in expectations.warn


def test_a_classified_column_carries_its_mask_wherever_it_is_stored() -> None:
    masks = {
        plan.name: {column.name: column.mask for column in plan.columns if column.mask}
        for plan in plan_tables(contract(CUSTOMERS), SCHEMAS)
    }
    rescued = {"_rescued_data": "s.mask_text", "full_name": "s.mask_text"}
    source = masks["s.customers_checked"].pop("_source")
    assert str(source).startswith("s.mask_customers_source_")
    assert masks["s.customers_checked"] == {**rescued, "born_on": "s.mask_date"}
    assert masks["s.customers"] == {**rescued, "born_on": "s.mask_date"}
    assert masks["s.customers_quarantine"] == {"full_name": "s.mask_text", "born_on": "s.mask_text"} | rescued


def test_every_mask_that_is_used_is_made() -> None:
    contracts = [contract(CUSTOMERS), contract(ORDERS), contract(LINES)]
    used = {
        str(column.mask).removeprefix("s."): column.type
        for one in contracts
        for plan in plan_tables(one, SCHEMAS)
        for column in plan.columns
        if column.mask
    }
    assert {function.name: function.type for function in mask_functions(contracts)} == used


def test_comments_stand_in_the_definition() -> None:
    plan = plan_of(plan_tables(contract(ORDERS), SCHEMAS), "s.orders")
    assert plan.comment == "One row per order, as the shop knows it now."
    assert plan.schema.startswith("order_id STRING COMMENT 'Number on the invoice', customer_id STRING,")


def test_several_sequence_columns_become_one() -> None:
    plans = plan_tables(contract(ORDERS), SCHEMAS)
    view, table = plan_of(plans, "orders_valid"), plan_of(plans, "s.orders")
    assert view.flows[0].steps[0].select[-1] == "struct(changed_at, event_id) AS _sequence"
    assert table.cdc is not None
    assert (table.cdc.sequence_by, table.cdc.except_columns) == ("_sequence", ("change_type", "event_id", "_sequence"))
    assert [column.name for column in table.columns if column.name in ("change_type", "event_id")] == []


def test_type_2_declares_the_bounds_of_a_version_in_the_type_of_the_sequence() -> None:
    table = plan_of(plan_tables(contract(CUSTOMERS), SCHEMAS), "s.customers")
    assert [(column.name, column.type) for column in table.columns][-2:] == [
        ("__START_AT", "TIMESTAMP"),
        ("__END_AT", "TIMESTAMP"),
    ]
    both = contract(CUSTOMERS.replace("sequence_by: updated_at", "sequence_by: [updated_at, source_note]"))
    bounds = plan_of(plan_tables(both, SCHEMAS), "s.customers").columns[-1]
    assert bounds.type == "STRUCT<updated_at: TIMESTAMP, source_note: STRING>"


def test_stored_sources_are_read_without_stopping_at_an_erasure() -> None:
    flows = {plan.name: plan.flows[0] for plan in plan_tables(contract(ORDERS), SCHEMAS) if plan.flows}
    assert {name: flow.source_is_stored for name, flow in flows.items()} == {
        "s.orders_checked": False,
        "s.orders_quarantine": True,
        "orders_valid": True,
    }
    direct = plan_tables(contract(LINES.replace("order_lines_conformed", "bronze.order_lines")), SCHEMAS)[0].flows[0]
    assert direct is not None
    assert (direct.source, direct.source_is_stored) == ("b.order_lines", True)
