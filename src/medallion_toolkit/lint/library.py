"""All rules of lint, in the order of their codes."""

from __future__ import annotations

from medallion_toolkit.lint.rules import (
    arrival_as_sequence,
    bronze_may_be_reset,
    bronze_without_origin,
    cast_of_text,
    changing_function,
    column_without_description,
    dollar_in_pattern,
    expect_on_materialized_view,
    layout,
    null_unsafe_expect,
    old_name,
    quarantine_without_limit,
    rule_in_both_places,
    star_past_bronze,
    stream_of_changing_table,
    table_without_contract,
    unknown_column,
    unmasked_column,
)

RULES = (
    null_unsafe_expect.RULE,
    expect_on_materialized_view.RULE,
    rule_in_both_places.RULE,
    table_without_contract.RULE,
    unknown_column.RULE,
    star_past_bronze.RULE,
    arrival_as_sequence.RULE,
    stream_of_changing_table.RULE,
    unmasked_column.RULE,
    layout.RULE,
    bronze_may_be_reset.RULE,
    bronze_without_origin.RULE,
    dollar_in_pattern.RULE,
    changing_function.RULE,
    cast_of_text.RULE,
    old_name.RULE,
    quarantine_without_limit.RULE,
    column_without_description.RULE,
)
