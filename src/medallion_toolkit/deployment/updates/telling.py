"""An update, and a whole target, as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from medallion_toolkit.deployment.failures.catalogue import Classified
from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
from medallion_toolkit.deployment.updates.progress import Dataset, UpdateProgress
from medallion_toolkit.deployment.updates.running import Attempt
from medallion_toolkit.deployment.updates.success import Criterion

RETRY = {"helps": "a retry helps", "may help": "a retry may help", "does not help": "a retry does not help"}


@dataclass(frozen=True)
class PipelineStatus:
    """A pipeline, its newest update and the criteria of success."""

    pipeline: DeployedPipeline
    progress: UpdateProgress | None
    criteria: tuple[Criterion, ...]

    @property
    def ok(self) -> bool:
        """Whether every criterion holds."""
        return all(one.ok for one in self.criteria)


def status_text(target: str, found: Sequence[PipelineStatus]) -> str:
    """What a person at seven in the morning needs: which pipeline, why, which rows, what to do."""
    lines = [f"workspace · target {target}"]
    for one in found:
        state = one.progress.state if one.progress else "no update yet"
        when = f"  {one.progress.started} – {one.progress.ended or 'now'}" if one.progress else ""
        lines.append(f"{one.pipeline.key:<12} {state:<10} {one.pipeline.name}{when}")
        lines += [f"  MISSED  {each.name}: {each.seen}" for each in one.criteria if not each.ok]
        lines += _update_lines(one.progress) if one.progress else []
    return "\n".join(lines)


def status_markdown(target: str, found: Sequence[PipelineStatus]) -> str:
    """The same for a job summary or an issue."""
    mark = "✅" if all(one.ok for one in found) else "❗"
    rows = [
        f"| {one.pipeline.key} | {one.progress.state if one.progress else 'no update yet'} | "
        f"{'; '.join(f'{each.name}: {each.seen}' for each in one.criteria if not each.ok) or 'all criteria hold'} |"
        for one in found
    ]
    failures = [one for each in found if each.progress for one in each.progress.all_failures]
    told = [f"- **{one.code}** {one.title}: {one.cause} {RETRY[one.retry]}. Fix: `{one.fix}`" for one in failures]
    return "\n".join([f"### {mark} target {target}", "", "| pipeline | update | |", "|---|---|---|", *rows, "", *told])


def status_json(target: str, found: Sequence[PipelineStatus]) -> dict[str, object]:
    """The same as plain values."""
    return {
        "target": target,
        "ok": all(one.ok for one in found),
        "pipelines": [
            {
                **asdict(one.pipeline),
                "criteria": [asdict(each) for each in one.criteria],
                "update": progress_json(one.progress) if one.progress else None,
            }
            for one in found
        ],
    }


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
    return "\n".join([f"update {progress.update}  {progress.state}", *_update_lines(progress)])


def _update_lines(progress: UpdateProgress) -> Iterable[str]:
    for one in sorted(progress.datasets.values(), key=lambda dataset: dataset.name):
        yield f"  {one.short_name:<36} {one.status:<10} {_rows(one)}".rstrip()
    for failure in progress.all_failures:
        yield from failure_lines(failure)
    if progress.has_ended and progress.state != "COMPLETED" and progress.not_done:
        yield f"  next   medallion retry -t {progress.target}   ({len(progress.not_done)} datasets)"


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
