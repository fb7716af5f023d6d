"""The state of a target as text, Markdown and JSON, in the order in which one asks: jobs, gates, pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from medallion_toolkit.deployment.failures.catalogue import Classified
from medallion_toolkit.deployment.status.last_runs import JobStatus, LastRun, moment
from medallion_toolkit.deployment.status.missed_checks import MissedCheck
from medallion_toolkit.deployment.status.refused_rows import RefusedRule
from medallion_toolkit.deployment.status.target import PipelineStatus, TargetStatus
from medallion_toolkit.deployment.updates.telling import RETRY, failure_lines, progress_json, update_lines
from medallion_toolkit.repair.showing import HIDDEN

GATE_RAISED = "MED838"
LONGEST_VALUE = 30
SHOWN_NAMES = 3


def status_text(found: TargetStatus) -> str:
    """What a person at seven in the morning needs: which job, why, which rows, what to do."""
    lines = [f"workspace · target {found.target}"]
    for job in found.jobs:
        lines += _job_lines(job, explained=bool(found.checks))
    for check in found.checks:
        lines += _check_lines(check, found.target)
    lines += [f"NOT READ  {note}" for note in found.notes]
    for pipeline in found.pipelines:
        lines += _pipeline_lines(pipeline)
    return "\n".join(lines)


def status_markdown(found: TargetStatus) -> str:
    """The same for a job summary or an issue."""
    jobs = [f"| {job.key} | {_cell(_job_words(job))} |" for job in found.jobs]
    checks = [line for check in found.checks for line in _check_markdown(check)]
    pipelines = [
        f"| {one.pipeline.key} | {_state(one)} | {_cell('; '.join(_missed(one)) or 'all criteria hold')} |"
        for one in found.pipelines
    ]
    failures = [one for job in found.jobs for one in _failures(job, explained=bool(found.checks))]
    failures += [one for each in found.pipelines if each.progress for one in each.progress.all_failures]
    told = [f"- **{one.code}** {one.title}: {one.cause} {RETRY[one.retry]}. Fix: `{one.fix}`" for one in failures]
    parts = [
        [f"### {'✅' if found.ok else '❗'} target {found.target}"],
        ["| job | last run |", "|---|---|", *jobs] if jobs else [],
        checks,
        [f"- could not be read: {note}" for note in found.notes],
        ["| pipeline | update | |", "|---|---|---|", *pipelines],
        told,
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def status_json(found: TargetStatus) -> dict[str, object]:
    """The same as plain values."""
    return {
        "target": found.target,
        "ok": found.ok,
        "jobs": [_job_json(job) for job in found.jobs],
        "checks": [{**asdict(check), "ok": check.ok} for check in found.checks],
        "not_read": list(found.notes),
        "pipelines": [
            {
                **asdict(one.pipeline),
                "criteria": [asdict(each) for each in one.criteria],
                "update": progress_json(one.progress) if one.progress else None,
            }
            for one in found.pipelines
        ],
    }


def _job_json(job: JobStatus) -> dict[str, object]:
    return {
        "key": job.key,
        "name": job.name,
        "id": job.id,
        "ok": job.ok,
        "run": _run_json(job.run),
        "running": _run_json(job.running),
    }


def _run_json(run: LastRun | None) -> dict[str, object] | None:
    if run is None:
        return None
    return {**asdict(run), "started": moment(run.started), "ended": moment(run.ended)}


def _job_lines(job: JobStatus, explained: bool) -> Iterator[str]:
    yield f"{job.key:<12} {_job_words(job)}"
    run = job.run
    if run is None or run.ok:
        return
    if run.not_run:
        yield f"  not run  {', '.join(run.not_run)}"
    if run.url:
        yield f"  page     {run.url}"
    if not run.failed and run.message:
        yield f"  reason   {' '.join(run.message.split())}"
    for failure in _failures(job, explained):
        yield from failure_lines(failure)


def _failures(job: JobStatus, explained: bool) -> list[Classified]:
    """Why its tasks failed; what a gate raised is left out where its checks are told."""
    known = job.run.failures if job.run else ()
    return [one for one in known if not (explained and one.code == GATE_RAISED)]


def _job_words(job: JobStatus) -> str:
    """The last run and the one under way on one line."""
    if job.id is None:
        return f"NOT DEPLOYED: the workspace has no job {job.name}"
    runs = [_run_words(one) for one in (job.running, job.run) if one is not None]
    return "; before it ".join(runs) or "never ran"


def _run_words(run: LastRun) -> str:
    words = [f"run {run.id}", *([when] if (when := _when(run)) else [])]
    failed = f"{run.state} at {', '.join(run.failed)}" if run.failed else run.state
    layers = f"; {', '.join(run.not_refreshed)} not refreshed" if run.not_refreshed else ""
    return "  ".join([*words, failed + layers])


def _when(run: LastRun) -> str:
    """`2026-11-21 05:00–05:09 UTC`, or `since` where the run has not ended."""
    started, ended = moment(run.started), moment(run.ended)
    if started is None:
        return ""
    begin = f"{started[:10]} {started[11:16]}"
    if ended is None:
        return f"since {begin} UTC" if not run.has_ended else f"{begin} UTC"
    end = ended[11:16] if ended[:10] == started[:10] else f"{ended[:10]} {ended[11:16]}"
    return f"{begin}–{end} UTC"


def _check_lines(check: MissedCheck, target: str) -> Iterator[str]:
    yield f"{check.table}  {_check_words(check)}"
    rules = check.rows.rules if check.rows else ()
    if check.place and not rules:
        yield f"  stands in  {check.place}"
    for rule in rules:
        yield f"  {_rule_words(rule)}"
        yield f"    cause  {rule.mending.cause}   ({rule.mending.code}, a retry {rule.mending.retry})"
        if rule.mending.place:
            yield f"    {'fix' if rule.mending.write else 'see'}    {_fix(rule)}"
        if rule.mending.instead:
            yield f"    or     {rule.mending.instead}"
    if rules and check.rows:
        yield f"  rows   medallion quarantine show {check.rows.table} -t {target}"
        yield f"  next   medallion check {check.rows.table} -t {target} --quarantined   (how many pass with the fix)"


def _check_markdown(check: MissedCheck) -> Iterator[str]:
    where = f" (`{check.place}`)" if check.place else ""
    yield f"- **{check.table}** {_check_words(check)}{where}"
    for rule in check.rows.rules if check.rows else ():
        yield f"  - `{_rule_words(rule).replace('`', chr(39))}`"
        yield f"    - **{rule.mending.code}** {rule.mending.cause}; a retry {rule.mending.retry}"
        if rule.mending.place:
            yield f"    - {'fix' if rule.mending.write else 'see'}: `{_fix(rule)}`"
        if rule.mending.instead:
            yield f"    - or: `{rule.mending.instead}`"


def _check_words(check: MissedCheck) -> str:
    verdict = "" if check.verdict == "missed" else f"   ({check.verdict})"
    return f"{check.check} {check.observed}, limit {check.limit}{verdict}"


def _rule_words(rule: RefusedRule) -> str:
    values = " ".join([*map(_value, rule.values), *(["…"] if rule.has_more else [])])
    words = (rule.rule, f"{rule.rows:,} row{'' if rule.rows == 1 else 's'}", values, _files(rule))
    return "   ".join(word for word in words if word)


def _value(value: str | None) -> str:
    if value is None:
        return "NULL"
    short = value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
    return f"'{' '.join(short.splitlines())}'" if value != HIDDEN else value


def _files(rule: RefusedRule) -> str:
    if rule.file is not None:
        return f"all from {rule.file}"
    return f"from {rule.files} files" if rule.files else ""


def _fix(rule: RefusedRule) -> str:
    return "   ".join(part for part in (rule.mending.place, rule.mending.write) if part)


def _pipeline_lines(one: PipelineStatus) -> Iterable[str]:
    when = f"  {one.progress.started} – {one.progress.ended or 'now'}" if one.progress else ""
    yield f"{one.pipeline.key:<12} {_state(one):<10} {one.pipeline.name}{when}"
    yield from (f"  MISSED  {each}" for each in _missed(one))
    yield from update_lines(one.progress) if one.progress and not one.ok else ()


def _state(one: PipelineStatus) -> str:
    return one.progress.state if one.progress else "no update yet"


def _missed(one: PipelineStatus) -> list[str]:
    """The criteria that do not hold, each with what was seen; of many names the first ones."""
    return [f"{each.name}: {_first(each.seen.split(', '))}" for each in one.criteria if not each.ok]


def _first(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
