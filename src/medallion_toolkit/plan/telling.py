"""A plan as text for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan, ResourceChange
from medallion_toolkit.plan.verdict import gravest_first, verdict_line


def as_text(plan: ConsequencePlan) -> str:
    """Lines for a terminal, the gravest first."""
    lines = [verdict_line(plan)]
    for one in gravest_first(plan.datasets):
        lines += ["", f"{one.effect:<24} {one.name}   {one.place or ''}".rstrip(), *_details(one)]
    for contract in plan.contracts:
        lines += ["", f"contract {contract.as_text()}"]
    lines += [""] if plan.resources else []
    lines += [resource_line(change) for change in plan.resources]
    if plan.unread and plan.datasets:
        lines += ["", "not read, so it is unknown whether these are hit:", *(f"    {one}" for one in plan.unread)]
    if plan.refused:
        names = " ".join(f"--allow {one.name}" for one in plan.refused)
        mend = "mend what breaks, or " if any(one.broken for one in plan.refused) else ""
        lines += ["", f"what needs a person's word stops here; {mend}to agree: {names}"]
    return "\n".join(lines)


def _details(one: DatasetPlan) -> Iterator[str]:
    yield from (f"    {reason.text}" for reason in one.reasons)
    yield from (f"    breaks {place}" for place in one.broken)
    if one.cost:
        yield f"    cost {one.cost}"
    if read_by(one):
        yield f"    read by {', '.join(read_by(one))}"
    if one.owner:
        yield f"    owner {one.owner}"
    if others_to_tell(one):
        yield f"    tell {', '.join(others_to_tell(one))}"


def read_by(one: DatasetPlan) -> tuple[str, ...]:
    """Datasets, then what reads them or it outside of the pipelines."""
    return (*one.consumers, *one.readers)


def others_to_tell(one: DatasetPlan) -> tuple[str, ...]:
    """Owners of what reads the dataset, without its own."""
    return tuple(owner for owner in one.owners if owner != one.owner)


def resource_line(change: ResourceChange) -> str:
    """`jobs.daily  max_concurrent_runs  1 → 2`, the target before it where only that one has the change."""
    target = f"{change.target}: " if change.target else ""
    return f"{target}{change.resource}  {change.field}  {arrow(change)}"


def arrow(change: ResourceChange) -> str:
    """The value before and after."""
    return f"{change.before or '(none)'} → {change.after or '(none)'}"


def as_json(plan: ConsequencePlan) -> dict[str, object]:
    """The same as plain values."""
    return {
        "base": plan.base,
        "target": plan.target,
        "verdict": plan.verdict,
        "summary": verdict_line(plan),
        "unchanged": plan.unchanged,
        "needs_allow": [one.name for one in plan.refused],
        "consumers": list(plan.consumers),
        "datasets": [_dataset(one) for one in plan.datasets],
        "contracts": [contract.as_dict() for contract in plan.contracts],
        "resources": [asdict(one) for one in plan.resources],
        "unread": list(plan.unread),
    }


def _dataset(one: DatasetPlan) -> dict[str, object]:
    return {
        "name": one.name,
        "kind": one.kind,
        "effect": one.effect,
        "place": str(one.place) if one.place else None,
        "reasons": [{"effect": each.effect, "text": each.text, "source": each.page} for each in one.reasons],
        "cost": asdict(one.cost) if one.cost else None,
        "consumers": list(one.consumers),
        "readers": list(one.readers),
        "broken": list(one.broken),
        "owner": one.owner,
        "owners_of_consumers": list(one.owners),
        "columns_added": list(one.columns_added),
        "columns_gone": list(one.columns_gone),
    }
