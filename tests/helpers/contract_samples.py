"""Contracts and small steps that the tests of the helper modules share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from medallion import Contract, read_contract
from medallion.sql.words import literal
from medallion.tables.plan import Step, TablePlan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ORDERS = r"""
table: silver.orders
from: orders_conformed
description: One row per order, as the shop knows it now.
owner: sales-data
keys: [order_id]
history:
  type: 1
  sequence_by: [changed_at, event_id]
  delete_when: change_type = 'delete'
  not_stored: [change_type, event_id]
columns:
  order_id:      {type: string, description: Number on the invoice, rules: [regex: '^O-\d+\z']}
  customer_id:   {type: string, rules: [not_null]}
  status:        {type: string, rules: [allowed_values: [placed, paid, shipped, returned]]}
  order_amount:  {type: "decimal(12,2)", description: Gross, rules: [range: {min: 0}]}
  currency_code: {type: string, rules: [currency_code]}
  contact_email: {type: string, rules: [email], class: pii}
  ordered_at:    {type: timestamp}
  change_type:   {type: string}
  changed_at:    {type: timestamp}
  event_id:      {type: bigint}
rules:
  changed_not_before_ordered: changed_at >= ordered_at
  order_amount_plausible: {sql: order_amount < 100000, on_fail: warn}
on_fail: quarantine
limits: {quarantined: 10 %, freshness: 24h}
governance: {read: [analysts], retention: 7 years}
"""

CUSTOMERS = r"""
table: silver.customers
from: customers_conformed
owner: sales-data
keys: [customer_id]
history: {type: 2, sequence_by: updated_at, not_stored: [source_note]}
columns:
  customer_id: {type: string}
  full_name:   {type: string, rules: [not_blank], class: pii}
  born_on:     {type: date, class: pii}
  segment:     {type: string, class: internal}
  updated_at:  {type: timestamp}
  source_note: {type: string}
governance: {read: [analysts, stewards], steward: Ada, tags: {domain: sales}}
"""

LINES = r"""
table: silver.order_lines
from: order_lines_conformed
keys: [line_id]
columns:
  line_id:  {type: string}
  quantity: {type: int, rules: [range: {min: 1}]}
  price:    {type: double, rules: [range: {min: 0, max: 1000, on_fail: warn}]}
  is_test:  {type: boolean}
rules:
  no_test_rows: {sql: "NOT coalesce(is_test, false)", on_fail: drop}
limits: {quarantined: 2.5%, rows: {min: 1, max: 1000}}
"""

DAILY_SALES = r"""
table: gold.daily_sales
description: Revenue per day.
keys: [sold_on]
columns:
  sold_on: {type: date, description: Day of the order}
  orders:  {type: bigint, rules: [range: {min: 1}]}
  revenue: {type: "decimal(18,2)", rules: [not_null, range: {min: 0, on_fail: warn}]}
limits: {freshness: {within: 2 days, column: sold_on}, rows: 1}
governance: {read: [analysts]}
"""


def contract(text: str, **replaced: str) -> Contract:
    """The contract of `text` under the name contract.yml."""
    for old, new in replaced.items():
        text = text.replace(old, new)
    return read_contract(text)


def plan_of(plans: Iterable[TablePlan], name: str) -> TablePlan:
    """The plan called `name`."""
    return next(plan for plan in plans if plan.name == name)


def with_values(sql: str, parameters: Mapping[str, str]) -> str:
    """Job SQL with literals for its parameters: Delta's SQL parser does not bind them."""
    return re.sub(
        r"(?<![:\w]):([a-z_]+)",
        lambda found: literal(parameters[found[1]]) if found[1] in parameters else found[0],
        sql,
    )


def run_steps(frame: DataFrame, steps: Iterable[Step]) -> DataFrame:
    """What a flow makes of a batch."""
    for step in steps:
        kept = frame.where(step.where) if step.where else frame
        frame = kept.selectExpr(*step.select)
    return frame
