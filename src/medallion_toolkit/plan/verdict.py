"""A plan in one line: what changes, what it costs, who is hit, and what waits for a person's word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from medallion_toolkit.plan.contract_changes import rules_change, rules_in_words
from medallion_toolkit.plan.model import EFFECTS, NEEDS_ALLOW, ConsequencePlan, DatasetPlan


def verdict_line(plan: ConsequencePlan) -> str:
    """Rules that change, effects from the gravest on, whether stored rows are touched, consumers, resources."""
    unchanged = f"{plan.unchanged} datasets unchanged"
    if not plan.datasets and not plan.resources and not plan.contracts:
        return f"nothing changes since {plan.base} · {unchanged}"
    parts = [*rules_in_words(plan.contracts), *_effects(plan), *_promises(plan)]
    parts += [f"{counted(len(unprotected(plan)), 'table')} less protected"] if unprotected(plan) else []
    parts += [counted(len(plan.consumers), "consumer")] if plan.consumers else []
    parts += [counted(len(plan.resources), "resource field")] if plan.resources else []
    parts += [unchanged, *([f"{len(plan.refused)} need a word"] if plan.refused else [])]
    return f"since {plan.base}: {' · '.join(parts)}"


def _effects(plan: ConsequencePlan) -> Iterator[str]:
    for effect in reversed(EFFECTS):
        having = [one for one in plan.datasets if one.effect == effect]
        large = sum(one.cost is not None and one.cost.size == "large" for one in having)
        if having:
            yield f"{len(having)} {effect}" + (f" ({large} large)" if large else "")


def _promises(plan: ConsequencePlan) -> Iterator[str]:
    """What does not happen to rows that are there."""
    if plan.datasets and not any(one.effect in NEEDS_ALLOW for one in plan.datasets):
        yield "no full refresh"
    if rules_change(plan.contracts) and any(one.effect == "new rows only" for one in plan.datasets):
        yield "stored rows are not re-judged"


def unprotected(plan: ConsequencePlan) -> tuple[str, ...]:
    """Tables that lose a mask or a row filter."""
    return tuple(
        one.name for one in plan.datasets if any(each.statement == "protection taken away" for each in one.reasons)
    )


def counted(number: int, noun: str) -> str:
    """`1 consumer`, `2 consumers`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def gravest_first(datasets: Iterable[DatasetPlan]) -> list[DatasetPlan]:
    """Datasets by effect, then by name."""
    return sorted(datasets, key=lambda one: (-EFFECTS.index(one.effect), one.name))
