"""What a contract does with columns it does not have, and where changes are recorded."""

from __future__ import annotations

import pytest
from contract_samples import CUSTOMERS, LINES, contract, plan_of

from medallion import MedallionContractError, plan_tables
from medallion.jobs.governance import governance_sql
from medallion.tables.masks import mask_functions


def columns(text: str, name: str) -> dict[str, str | None]:
    plan = plan_of(plan_tables(contract(text), {}), name)
    return {column.name: column.mask for column in plan.columns}


def test_nothing_is_recorded_where_nothing_is_said() -> None:
    assert all(plan.role != "schema_changes" for plan in plan_tables(contract(LINES), {}))


@pytest.mark.parametrize("mode", ["add_nullable", "rescue", "fail", "ignore"])
def test_every_mode_has_a_table_of_changes(mode: str) -> None:
    plans = plan_tables(contract(LINES + f"evolution: {mode}\n"), {})
    plan = plan_of(plans, "silver.order_lines_schema_changes")
    assert (plan.kind, plan.flows[0].source) == ("materialized_view", "silver.order_lines_checked")
    assert [column.name for column in plan.columns] == [
        "what", "changed_at", "file", "column_name", "before", "after",
    ]  # fmt: skip
    checked = plan_of(plans, "silver.order_lines_checked")
    assert ("_extra" in {column.name for column in checked.columns}) == (mode == "add_nullable")
    assert ("schema_known" in checked.expectations.fail) == (mode == "fail")
    table = plan_of(plans, "silver.order_lines").flows[0].steps[0].select
    assert ("CAST(NULL AS STRING) AS _rescued_data" in table) == (mode == "ignore")


def test_new_columns_of_a_classified_table_are_masked() -> None:
    text = CUSTOMERS + "evolution: add_nullable\n"
    assert str(columns(text, "silver.customers_checked")["_extra"]).startswith("silver.mask_customers_extra_")
    assert {one.name: one.type for one in mask_functions([contract(text)])}[
        str(columns(text, "silver.customers")["_extra"]).removeprefix("silver.")
    ] == "MAP<STRING, STRING>"


def test_the_record_is_tagged_as_the_view_it_is() -> None:
    text = governance_sql([contract(LINES + "owner: sales\nevolution: rescue\n")], {})
    assert "ALTER MATERIALIZED VIEW order_lines_schema_changes SET TAGS ('owner' = 'sales');" in text
    assert "ALTER STREAMING TABLE order_lines SET TAGS ('owner' = 'sales');" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINES + "evolution: fail\ncarry: [_row_id]\n", "evolution reads _rescued_data"),
        (LINES + "evolution: rescue\nquarantine: {stored: false}\n", "changes are recorded from the stored verdict"),
        (LINES + "evolution: ignore\nquarantine: flag\n", "one table that keeps every row leaves nothing out"),
    ],
)
def test_what_cannot_be_recorded_is_refused(text: str, message: str) -> None:
    with pytest.raises(MedallionContractError, match="MED312") as raised:
        contract(text)
    assert raised.value.message == message
