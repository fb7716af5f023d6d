"""A plan as the comment of a pull request: the verdict first, all else folded, below the platform's limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from medallion_toolkit.contracts.diffing import ContractChanges
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan, Effect, ResourceChange
from medallion_toolkit.plan.telling import arrow, others_to_tell, read_by
from medallion_toolkit.plan.verdict import counted, gravest_first, unprotected, verdict_line

# GitHub takes 65,536 characters a comment; what does not fit is counted.
MOST_CHARACTERS = 60_000
MARKS: Mapping[Effect, str] = {
    "full refresh needed": "❗", "state lost": "❗", "undefined results": "❗", "dropped with data": "❗",
    "incremental refresh lost": "⚠️",
}  # fmt: skip


def as_markdown(plan: ConsequencePlan) -> str:
    """The comment, cut where the limit is near."""
    mark = "❗" if plan.refused else ("⚠️" if plan.verdict in MARKS or unprotected(plan) else "✅")
    head = f"<!-- medallion plan -->\n### {mark} {verdict_line(plan)}\n"
    parts = list(_parts(plan))
    shown: list[str] = []
    left = MOST_CHARACTERS - len(head)
    for part in parts:
        left -= len(part) + 1
        if left < 0:
            break
        shown.append(part)
    hidden = len(parts) - len(shown)
    more = f"\n{hidden} more: `medallion plan --base {plan.base}`\n" if hidden else ""
    return head + "\n" + "\n".join(shown) + more


def _parts(plan: ConsequencePlan) -> Iterator[str]:
    yield from (_dataset(one) for one in gravest_first(plan.datasets))
    yield from (_contract(one) for one in plan.contracts)
    if plan.resources:
        yield _folded(counted(len(plan.resources), "resource field"), _resources(plan.resources))
    if plan.unread and plan.datasets:
        yield _folded("Not read, so it is unknown whether these are hit", "\n".join(f"- {one}" for one in plan.unread))


def _dataset(one: DatasetPlan) -> str:
    mark = f"{MARKS[one.effect]} " if one.effect in MARKS else ""
    lines = [f"- {reason.text} (`{reason.page}`)" for reason in one.reasons]
    lines += [f"- **breaks** {place}" for place in one.broken]
    lines += [f"- cost {one.cost}"] if one.cost else []
    lines += [f"- read by {', '.join(f'`{name}`' for name in read_by(one))}"] if read_by(one) else []
    lines += [f"- owner: {one.owner}"] if one.owner else []
    lines += [f"- tell: {', '.join(others_to_tell(one))}"] if others_to_tell(one) else []
    return _folded(f"{mark}<b>{one.name}</b> — {one.effect}", "\n".join(lines))


def _contract(one: ContractChanges) -> str:
    broken = sum(bool(change.breaks) for change in one.changes)
    count = counted(len(one.changes), "change") + (f", {broken} breaking" if broken else "")
    return _folded(f"contract <b>{one.table}</b> — {count}", f"```\n{one.as_text()}\n```")


def _resources(changes: tuple[ResourceChange, ...]) -> str:
    rows = (
        f"| {f'{one.target}: ' if one.target else ''}{one.resource} | {one.field} | {_cell(arrow(one))} |"
        for one in changes
    )
    return "| resource | field | change |\n|---|---|---|\n" + "\n".join(rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"
