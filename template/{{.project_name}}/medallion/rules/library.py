"""Every kind of rule, in the order of docs/rules.md. A new kind is one module and one entry here."""

from __future__ import annotations

from collections.abc import Mapping

from . import allowed_values, currency_code, email, length, not_blank, not_null, regex, typed, value_range
from .kinds import RowRuleKind, RuleKind, TableRuleKind

RULE_KINDS: tuple[RuleKind, ...] = (
    not_null.RULE,
    not_blank.RULE,
    typed.RULE,
    allowed_values.RULE,
    value_range.RULE,
    regex.RULE,
    length.RULE,
    email.RULE,
    currency_code.RULE,
)
ROW_RULE_KINDS: tuple[RowRuleKind, ...] = ()
TABLE_RULE_KINDS: tuple[TableRuleKind, ...] = ()

BY_NAME: Mapping[str, RuleKind] = {kind.name: kind for kind in RULE_KINDS}
COLUMN_RULES: Mapping[str, RuleKind | TableRuleKind] = {
    **{kind.name: kind for kind in RULE_KINDS if not kind.implied},
    **{kind.name: kind for kind in TABLE_RULE_KINDS if kind.suffix},
}
TABLE_WIDE_RULES: Mapping[str, RowRuleKind | TableRuleKind] = {
    **{kind.name: kind for kind in ROW_RULE_KINDS},
    **{kind.name: kind for kind in TABLE_RULE_KINDS},
}
