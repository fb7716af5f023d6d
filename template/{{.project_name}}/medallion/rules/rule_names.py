"""What is refused of compiled rules: a name that is taken, a type that a kind does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import MedallionContractError, Position
from ..model.contract import Column, Disabled, Rule, TableRule
from .kinds import RuleKind, TableRuleKind

COUNTING_RULE = "row_is_valid"
OWN_RULES = (COUNTING_RULE, "row_is_kept", "row_is_quarantined", "schema_known")
Compiled = Rule | TableRule | Disabled


def refuse_family(column: Column, kind: RuleKind | TableRuleKind, position: Position) -> None:
    """Raise MED308 where a kind of rule is not for columns of this type."""
    if kind.families is not None and column.type.family not in kind.families:
        raise MedallionContractError(
            "MED308",
            f"rule {kind.name} does not fit the type of {column.name}",
            position,
            found=column.type.sql,
            expected=", ".join(kind.families),
        )


def refuse_collisions(rules: Sequence[Compiled]) -> None:
    """Raise MED307 where two rules, or a rule and what the quarantine counts by itself, have one name."""
    seen = dict.fromkeys(OWN_RULES, Position("the quarantine itself"))
    for rule in rules:
        name = rule.rule if isinstance(rule, Disabled) else rule.name
        if name in seen:
            raise MedallionContractError(
                "MED307",
                f"two rules are called {name}",
                rule.position,
                found=name,
                expected=f"another name than the rule at {seen[name]}",
                help="keys, sequence_by and type imply rules; give this one a name: …",
            )
        seen[name] = rule.position
