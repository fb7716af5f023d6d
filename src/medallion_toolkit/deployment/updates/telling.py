"""An update as text and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from medallion_toolkit.deployment.failures.catalogue import Classified
from medallion_toolkit.deployment.updates.progress import Dataset, UpdateProgress
from medallion_toolkit.deployment.updates.running import Attempt

RETRY = {"helps": "a retry helps", "may help": "a retry may help", "does not help": "a retry does not help"}


def attempts_json(target: str, attempts: Sequence[Attempt]) -> dict[str, object]:
    """Every update that was followed, and what was done after it."""
    return {
        "target": target,
        "ok": attempts[-1].progress.state == "COMPLETED",
        "updates": [
            {**progress_json(one.progress), "treatment": asdict(one.treatment) if one.treatment else None}
            for one in attempts
        ],
    }


def progress_json(progress: UpdateProgress) -> dict[str, object]:
    """An update as plain values."""
    return {
        "update": progress.update,
        "state": progress.state,
        "started": progress.started,
        "ended": progress.ended,
        "not_done": list(progress.not_done),
        "failures": [asdict(one) for one in progress.all_failures],
        "datasets": [
            {
                "name": one.name,
                "status": one.status,
                "written": one.written,
                "upserted": one.upserted,
                "deleted": one.deleted,
                "dropped": one.dropped,
                "failing": {name: counts[1] for name, counts in one.failing.items() if counts[1]},
                "failure": asdict(one.failure) if one.failure else None,
            }
            for one in progress.datasets.values()
        ],
    }


def progress_text(progress: UpdateProgress) -> str:
    """The table of an update: a line a dataset, then why it failed."""
    return "\n".join([f"update {progress.update}  {progress.state}", *update_lines(progress)])


def update_lines(progress: UpdateProgress) -> Iterable[str]:
    """A line a dataset, then the failures and how to go on."""
    for one in sorted(progress.datasets.values(), key=lambda dataset: dataset.name):
        yield f"  {one.short_name:<36} {one.status:<10} {_rows(one)}".rstrip()
    for failure in progress.all_failures:
        yield from failure_lines(failure)
    if progress.has_ended and progress.state != "COMPLETED" and progress.not_done:
        count = len(progress.not_done)
        yield f"  next   medallion retry -t {progress.target}   ({count} dataset{'s' if count > 1 else ''})"


def failure_lines(failure: Classified) -> Iterable[str]:
    """A failure as three lines: what, why, what to do."""
    yield f"  {failure.code} {failure.title}"
    yield f"  cause  {failure.cause}   ({RETRY[failure.retry]})"
    yield f"  fix    {failure.fix}"


def _rows(one: Dataset) -> str:
    parts = [f"{one.written:>10,} written"] if one.written else []
    parts += [f"{one.upserted:,} upserted"] if one.upserted else []
    parts += [f"{one.deleted:,} deleted"] if one.deleted else []
    failing = [f"{name} {counts[1]:,}" for name, counts in sorted(one.failing.items()) if counts[1]]
    return "   ".join([*parts, *([f"failing: {', '.join(failing[:4])}"] if failing else [])])
