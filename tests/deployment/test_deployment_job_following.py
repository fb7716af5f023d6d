"""A run of a job as it is told: tasks in their order, the last attempt of each, what failed and what only waited."""

from __future__ import annotations

from typing import Any

from databricks.sdk.service.jobs import Run

from medallion_toolkit.deployment.updates.job_following import run_of

Json = dict[str, Any]


def task(key: str, needs: str | None, life: str, result: str | None = None, attempt: int = 0, said: str = "") -> Json:
    return {
        "task_key": key,
        "attempt_number": attempt,
        "depends_on": [{"task_key": needs}] if needs else [],
        "state": {"life_cycle_state": life, "result_state": result, "state_message": said},
    }


def run(state: Json, *tasks: Json) -> Run:
    return Run.from_dict({"run_id": 8812, "state": state, "tasks": list(tasks)})


def test_a_run_that_goes_on_shows_its_tasks_in_their_order() -> None:
    seen = run_of(
        "dev",
        "daily",
        run(
            {"life_cycle_state": "RUNNING"},
            task("gold", "gate_silver", "BLOCKED"),
            task("gate_silver", "ingest", "PENDING"),
            task("ingest", None, "TERMINATED", "SUCCESS"),
        ),
    )
    assert (seen.state, seen.has_ended, seen.ok, seen.failed) == ("RUNNING", False, False, ())
    assert [(one.key, one.state) for one in seen.tasks] == [
        ("ingest", "SUCCESS"),
        ("gate_silver", "PENDING"),
        ("gold", "BLOCKED"),
    ]


def test_a_failed_run_names_the_task_and_where_to_look() -> None:
    seen = run_of(
        "prod",
        "daily",
        run(
            {"life_cycle_state": "INTERNAL_ERROR", "result_state": "FAILED"},
            task("ingest", None, "TERMINATED", "SUCCESS", said="In run"),
            task("gate_silver", "ingest", "TERMINATED", "FAILED", 1, "orders quarantined\n19.1 %"),
            task("gate_silver", "ingest", "TERMINATED", "FAILED", 0, "the event log is late"),
            task("gold", "gate_silver", "TERMINATED", "UPSTREAM_FAILED"),
        ),
    )
    assert (seen.ok, [one.key for one in seen.failed]) == (False, ["gate_silver"])
    assert seen.lines() == [
        "  ingest       SUCCESS",
        "  gate_silver  FAILED           orders quarantined 19.1 %",
        "  gold         UPSTREAM_FAILED",
        "run 8812  FAILED at gate_silver",
        "  next   medallion status -t prod",
    ]


def test_a_run_that_was_skipped_has_ended_without_success() -> None:
    seen = run_of("dev", "daily", run({"life_cycle_state": "SKIPPED"}))
    assert (seen.state, seen.has_ended, seen.ok) == ("SKIPPED", True, False)
    assert seen.lines()[0] == "run 8812  SKIPPED"
