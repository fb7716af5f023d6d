"""A plan as text for a terminal, as JSON, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from medallion_toolkit.plan.model import EFFECTS, ConsequencePlan, DatasetPlan, Effect, ResourceChange

# GitHub takes 65,536 characters a comment; what does not fit is counted.
MOST_CHARACTERS = 60_000
MARKS: Mapping[Effect, str] = {
    "full refresh needed": "❗", "state lost": "❗", "undefined results": "❗", "dropped with data": "❗",
    "incremental refresh lost": "⚠️",
}  # fmt: skip


def verdict_line(plan: ConsequencePlan) -> str:
    """One line: what changes, the gravest effect, and what waits for a person's word."""
    if not plan.datasets and not plan.resources:
        return f"nothing changes since {plan.base} · {plan.unchanged} datasets unchanged"
    counts = {effect: sum(one.effect == effect for one in plan.datasets) for effect in reversed(EFFECTS)}
    parts = [f"{count} {effect}" for effect, count in counts.items() if count]
    parts += [f"{len(plan.resources)} resource fields"] if plan.resources else []
    waits = f" · {len(plan.refused)} need a word" if plan.refused else ""
    return f"since {plan.base}: {', '.join(parts)} · {plan.unchanged} datasets unchanged{waits}"


def as_text(plan: ConsequencePlan) -> str:
    """Lines for a terminal, the gravest first."""
    lines = [verdict_line(plan)]
    for one in _gravest_first(plan.datasets):
        lines += ["", f"{one.effect:<24} {one.name}   {one.place or ''}".rstrip()]
        lines += [f"    {reason.text}" for reason in one.reasons]
        lines += [f"    breaks {place}" for place in one.broken]
        lines += [f"    read by {', '.join(one.consumers)}"] if one.consumers else []
        lines += [f"    owner {one.owner}"] if one.owner else []
    lines += [""] if plan.resources else []
    lines += [f"{change.resource}  {change.field}  {_arrow(change)}" for change in plan.resources]
    if plan.refused:
        names = " ".join(f"--allow {one.name}" for one in plan.refused if not one.broken)
        lines += ["", "what needs a person's word stops here; to agree: " + (names or "mend what breaks first")]
    return "\n".join(lines)


def as_markdown(plan: ConsequencePlan) -> str:
    """A comment: the verdict first, each dataset folded, cut where the platform's limit is near."""
    mark = "❗" if plan.refused else ("⚠️" if plan.verdict in MARKS else "✅")
    head = f"<!-- medallion plan -->\n### {mark} {verdict_line(plan)}\n"
    folded = [_folded(one) for one in _gravest_first(plan.datasets)]
    if plan.resources:
        rows = "\n".join(f"| {one.resource} | {one.field} | {_arrow(one)} |" for one in plan.resources)
        folded.append(f"<details><summary>{len(plan.resources)} resource fields</summary>\n\n"
                      f"| resource | field | change |\n|---|---|---|\n{rows}\n</details>\n")  # fmt: skip
    shown: list[str] = []
    left = MOST_CHARACTERS - len(head)
    for part in folded:
        left -= len(part) + 1
        if left < 0:
            break
        shown.append(part)
    more = (
        f"\n{len(folded) - len(shown)} more: `medallion plan --base {plan.base}`\n" if len(shown) < len(folded) else ""
    )
    return head + "\n" + "\n".join(shown) + more


def as_json(plan: ConsequencePlan) -> dict[str, object]:
    """The same as plain values."""
    return {
        "base": plan.base,
        "target": plan.target,
        "verdict": plan.verdict,
        "unchanged": plan.unchanged,
        "needs_allow": [one.name for one in plan.refused],
        "datasets": [_dataset(one) for one in plan.datasets],
        "resources": [
            {"resource": one.resource, "field": one.field, "before": one.before, "after": one.after}
            for one in plan.resources
        ],
    }


def _dataset(one: DatasetPlan) -> dict[str, object]:
    return {
        "name": one.name,
        "kind": one.kind,
        "effect": one.effect,
        "place": str(one.place) if one.place else None,
        "reasons": [{"effect": each.effect, "text": each.text, "source": each.page} for each in one.reasons],
        "consumers": list(one.consumers),
        "broken": list(one.broken),
        "owner": one.owner,
        "columns_added": list(one.columns_added),
        "columns_gone": list(one.columns_gone),
    }


def _folded(one: DatasetPlan) -> str:
    mark = f"{MARKS[one.effect]} " if one.effect in MARKS else ""
    lines = [f"- {reason.text} (`{reason.page}`)" for reason in one.reasons]
    lines += [f"- **breaks** {place}" for place in one.broken]
    lines += [f"- read by {', '.join(f'`{name}`' for name in one.consumers)}"] if one.consumers else []
    lines += [f"- owner: {one.owner}"] if one.owner else []
    body = "\n".join(lines)
    return f"<details><summary>{mark}<b>{one.name}</b> — {one.effect}</summary>\n\n{body}\n</details>\n"


def _gravest_first(datasets: Iterable[DatasetPlan]) -> list[DatasetPlan]:
    return sorted(datasets, key=lambda one: (-EFFECTS.index(one.effect), one.name))


def _arrow(change: ResourceChange) -> str:
    return f"{change.before or '(none)'} → {change.after or '(none)'}"
