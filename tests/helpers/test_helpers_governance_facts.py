"""Readers, tags and masks of a contract's tables, as drift compares them and jobs/governance.sql sets them."""

from __future__ import annotations

from medallion import governance_facts, read_contract
from medallion.jobs.governance import governance_sql

CONTRACT = """\
table: silver.orders
from: orders_conformed
owner: sales
columns:
  order_id: {type: string}
  email: {type: string, class: pii}
  amount: {type: "decimal(12,2)", class: pii}
governance: {read: [analysts], retention: 7 years}
"""
ASSERTED = """\
table: gold.daily_sales
owner: finance
columns:
  day: {type: date}
  buyer: {type: string, class: pii}
"""


def test_facts_of_made_and_asserted_tables_are_those_of_the_statements() -> None:
    contracts = [read_contract(CONTRACT), read_contract(ASSERTED)]
    facts = {(one.layer, one.table): one for one in governance_facts(contracts)}
    assert {place: (one.kind, one.readers) for place, one in facts.items()} == {
        ("silver", "orders_checked"): ("streaming_table", ()),
        ("silver", "orders_quarantine"): ("streaming_table", ()),
        ("silver", "orders"): ("streaming_table", ("analysts",)),
        ("silver", "orders_replay"): (None, ()),
        ("gold", "daily_sales"): (None, ()),
    }
    orders, daily = facts["silver", "orders"], facts["gold", "daily_sales"]
    assert (orders.tags, daily.tags) == ({"owner": "sales", "retention": "7 years"}, {"owner": "finance"})
    assert orders.column_tags == {"email": {"classification": "pii"}, "amount": {"classification": "pii"}}
    assert (sorted(orders.masked), daily.masked) == (["_rescued_data", "amount", "email"], ("buyer",))
    assert {"email", "amount", "_source"} <= set(facts["silver", "orders_checked"].masked)

    script = governance_sql(contracts, {"gold.daily_sales": "materialized view"})
    tagged = [line for line in script.splitlines() if " SET TAGS " in line]
    assert len(tagged) == sum(bool(one.tags) + len(one.column_tags) for one in facts.values())
    assert "ALTER MATERIALIZED VIEW daily_sales ALTER COLUMN buyer SET TAGS ('classification' = 'pii');" in tagged
