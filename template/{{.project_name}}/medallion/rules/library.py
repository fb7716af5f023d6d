"""Every kind of rule, in the order of docs/rules.md. A new kind is one module and one entry here."""

from __future__ import annotations

from collections.abc import Mapping

from . import allowed_values, currency_code, email, length, not_blank, not_null, regex, typed, value_range
from .kinds import RuleKind

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
BY_NAME: Mapping[str, RuleKind] = {kind.name: kind for kind in RULE_KINDS}
WRITABLE: tuple[RuleKind, ...] = tuple(kind for kind in RULE_KINDS if not kind.implied)
