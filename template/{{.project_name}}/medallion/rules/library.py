"""Every kind of rule by topic, in the order of docs/rules.md. A new kind is one module and one entry here.

A project's own rules (own.py) are found by `COLUMN_RULES` and `TABLE_WIDE_RULES` as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    address,
    allowed_values,
    clock,
    contact,
    currency_code,
    date_text,
    days,
    elements,
    email,
    finance_ids,
    forbidden_values,
    geo,
    iso_codes,
    json_text,
    length,
    national_ids,
    network,
    not_blank,
    not_null,
    numbers,
    other_columns,
    product_codes,
    record_ids,
    regex,
    row_presence,
    row_values,
    table_bounds,
    table_counts,
    table_distribution,
    table_drift,
    table_keys,
    table_other,
    table_outliers,
    table_sequences,
    table_spelling,
    table_time,
    technical,
    text_case,
    text_parts,
    text_signs,
    typed,
    value_range,
    vat_ids,
)
from .kinds import AnyKind, RowRuleKind, RuleKind, TableRuleKind
from .own import WithOwn

COLUMN_TOPICS: Mapping[str, tuple[RuleKind, ...]] = {
    "Presence and type": (not_null.RULE, not_blank.RULE, text_parts.NOT_PLACEHOLDER, typed.RULE, numbers.CASTABLE),
    "Sets and ranges": (allowed_values.RULE, forbidden_values.RULE, value_range.RULE),
    "Numbers": numbers.RULES,
    "Text and its parts": (regex.RULE, length.RULE, *text_parts.RULES),
    "Case, blanks and signs": (*text_case.RULES, *text_signs.RULES),
    "Dates and times": (*date_text.RULES, *clock.RULES, *days.RULES),
    "Other columns of the row": other_columns.RULES,
    "Contact and address": (email.RULE, *contact.RULES, *address.RULES),
    "Network": network.RULES,
    "Identifiers": (*record_ids.RULES, *finance_ids.RULES, *product_codes.RULES, *national_ids.RULES, *vat_ids.RULES),
    "Codes and places": (currency_code.RULE, *iso_codes.RULES, *geo.RULES),
    "JSON, arrays and maps": (*json_text.RULES, *elements.RULES),
    "Technical text": technical.RULES,
}
ROW_TOPICS: Mapping[str, tuple[RowRuleKind, ...]] = {
    "Which columns are given": row_presence.RULES,
    "How values go together": row_values.RULES,
}
TABLE_TOPICS: Mapping[str, tuple[TableRuleKind, ...]] = {
    "Counts and bounds": (*table_counts.TABLE_RULES, *table_bounds.TABLE_RULES),
    "Keys and other tables": (*table_keys.TABLE_RULES, *table_spelling.TABLE_RULES, *table_other.TABLE_RULES),
    "Periods and sequences": (*table_time.TABLE_RULES, *table_sequences.TABLE_RULES),
    "Outliers, distribution, drift": (
        *table_outliers.TABLE_RULES,
        *table_distribution.TABLE_RULES,
        *table_drift.TABLE_RULES,
    ),
}
RULE_KINDS: tuple[RuleKind, ...] = tuple(kind for kinds in COLUMN_TOPICS.values() for kind in kinds)
ROW_RULE_KINDS: tuple[RowRuleKind, ...] = tuple(kind for kinds in ROW_TOPICS.values() for kind in kinds)
TABLE_RULE_KINDS: tuple[TableRuleKind, ...] = tuple(kind for kinds in TABLE_TOPICS.values() for kind in kinds)

BY_NAME: Mapping[str, RuleKind] = {kind.name: kind for kind in RULE_KINDS}
_ALL: tuple[AnyKind, ...] = (*RULE_KINDS, *ROW_RULE_KINDS, *TABLE_RULE_KINDS)
LIBRARY_NAMES = frozenset(kind.name for kind in _ALL)
COLUMN_RULES: Mapping[str, RuleKind | TableRuleKind] = WithOwn(
    {
        **{kind.name: kind for kind in RULE_KINDS if not kind.implied},
        **{kind.name: kind for kind in TABLE_RULE_KINDS if kind.suffix},
    },
    RuleKind,
)
TABLE_WIDE_RULES: Mapping[str, RowRuleKind | TableRuleKind] = WithOwn(
    {**{kind.name: kind for kind in ROW_RULE_KINDS}, **{kind.name: kind for kind in TABLE_RULE_KINDS}}, RowRuleKind
)
