"""`medallion status`: what runs, gates and quarantined rows say is told in the order in which one asks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.deployment.failures.catalogue import classify
from medallion_toolkit.deployment.refused.mending import Mending
from medallion_toolkit.deployment.status.last_runs import JobStatus, LastRun, moment, read_run
from medallion_toolkit.deployment.status.missed_checks import MissedCheck, checks_query, gated_layers, read_check
from medallion_toolkit.deployment.status.refused_rows import RefusedRows, read_groups, refused_rule
from medallion_toolkit.deployment.status.target import TargetStatus
from medallion_toolkit.deployment.status.telling import status_json, status_markdown, status_text
from medallion_toolkit.scaffold.project import find_template

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import BaseRun

Json = dict[str, Any]
FIVE, NINE_PAST = 1795237200000, 1795237740000
LAYERS = {"ingest": ("bronze", "silver"), "gold": ("gold",)}
NEEDS = {"prepare": [], "ingest": ["prepare"], "gate_silver": ["ingest"], "gold": ["gate_silver"], "end": ["gold"]}
RAISED = (
    "[USER_RAISED_EXCEPTION] gate_silver missed: orders quarantined: 19.1 % (1204 of 6304), limit 10 % SQLSTATE: P0001"
)


def task(key: str, result: str | None, attempt: int = 0) -> Json:
    state = {"life_cycle_state": "TERMINATED", "result_state": result} if result else {"life_cycle_state": "PENDING"}
    return {
        "task_key": key,
        "attempt_number": attempt,
        "state": state,
        "depends_on": [{"task_key": one} for one in NEEDS[key]],
    }


def listed(life: str, result: str | None, *tasks: Json, **more: object) -> BaseRun:
    """A run as jobs/runs/list gives it."""
    from databricks.sdk.service.jobs import BaseRun

    state = {"life_cycle_state": life, **({"result_state": result} if result else {})}
    return BaseRun.from_dict({"run_id": 8812, "start_time": FIVE, "state": state, "tasks": list(tasks), **more})


def test_a_run_says_what_failed_and_what_was_not_refreshed_for_it() -> None:
    run = listed(
        "INTERNAL_ERROR",
        "FAILED",
        task("end", "UPSTREAM_FAILED"),
        task("gold", "UPSTREAM_FAILED"),
        task("ingest", "SUCCESS"),
        task("prepare", "SUCCESS"),
        task("gate_silver", "FAILED"),
        end_time=NINE_PAST,
    )
    found = read_run(run, LAYERS)
    assert (found.state, found.has_ended, found.failed) == ("FAILED", True, ("gate_silver",))
    assert (found.not_run, found.not_refreshed) == (("gold", "end"), ("gold",))
    assert (moment(found.started), moment(found.ended)) == ("2026-11-21T05:00:00Z", "2026-11-21T05:09:00Z")


def test_a_task_that_was_tried_again_counts_as_its_last_attempt() -> None:
    run = listed("TERMINATED", "SUCCESS", task("gate_silver", "SUCCESS", 1), task("gate_silver", "FAILED"))
    found = read_run(run, {})
    assert (found.ok, found.failed) == (True, ())


def test_a_run_under_way_has_failed_nothing_yet() -> None:
    found = read_run(listed("RUNNING", None, task("ingest", "SUCCESS"), task("gold", None)), LAYERS)
    assert (found.ok, found.has_ended, found.state, found.failed, found.not_run) == (True, False, "RUNNING", (), ())


def test_a_run_with_failed_tasks_is_not_well_however_it_ended() -> None:
    found = read_run(
        listed("TERMINATED", "SUCCESS_WITH_FAILURES", task("ingest", "FAILED"), task("gold", "SUCCESS")), LAYERS
    )
    assert (found.failed, found.ok) == (("ingest",), False)


def test_a_run_that_says_only_the_newer_status_is_read_too() -> None:
    from databricks.sdk.service.jobs import BaseRun

    ended = {"code": "USER_CANCELED", "type": "CLIENT_ERROR"}
    run = BaseRun.from_dict({"run_id": 1, "status": {"state": "TERMINATED", "termination_details": ended}})
    found = read_run(run, {})
    assert (found.state, found.has_ended, found.ok) == ("USER_CANCELED", True, False)


def test_only_gates_among_the_failed_tasks_have_checks_to_read() -> None:
    assert gated_layers(("gate_silver", "ingest"), ("gate_silver", "gate_gold")) == ("silver",)
    assert "judged_at >= timestamp_millis(5)" in checks_query(("silver",), 5)
    assert "judged_at >=" not in checks_query(("silver",), None)


@pytest.mark.parametrize(
    ("dataset", "table"), [("orders", "silver.orders"), ("bronze.orders", "bronze.orders"), ("update", "update")]
)
def test_a_check_names_its_table_with_the_layer(dataset: str, table: str) -> None:
    row = {"layer": "silver", "dataset": dataset, "check_name": "quarantined", "verdict": "warning"}
    found = read_check({**row, "observed": "1 %", "limit_value": "10 %"})
    assert (found.table, found.ok) == (table, True)


def test_answers_of_the_warehouse_become_what_is_shown_of_a_rule() -> None:
    answer = {"rule": "r", "message": "m.", "rows": "1204", "files": "1", "file": "/Volumes/s/b/landing/orders/x.json"}
    values = [{"rule": "r", "value": text, "times": "2"} for text in ("12,50", "8,00", None, "7")]
    (group,) = read_groups([answer], [*values, {"rule": "other", "value": "no", "times": "9"}])
    shown = refused_rule(group, Mending("MED890", "m", None), is_hidden=False)
    assert (shown.rows, shown.values, shown.has_more, shown.file) == (
        1204,
        ("12,50", "8,00", None),
        True,
        "orders/x.json",
    )
    (several,) = read_groups([{**answer, "files": "3"}], ())
    hidden = refused_rule(several, Mending("MED890", "m", None), is_hidden=True)
    assert (hidden.values, hidden.files, hidden.file) == (("***",), 3, None)


def tuesday() -> TargetStatus:
    """A gate that stopped the job because of one file with decimal commas."""
    run = LastRun(
        8812,
        "FAILED",
        True,
        FIVE,
        NINE_PAST,
        "https://shop.example/#job/7/run/8812",
        None,
        ("gate_silver",),
        ("gold", "gate_gold"),
        ("gold",),
        (classify(RAISED, "prod"),),
    )
    mending = Mending(
        "MED891",
        "a comma for the decimal point",
        "sql/silver/orders_conformed.sql:7",
        "replace(amount, ',', '.') AS order_amount",
    )
    (group,) = read_groups(
        [{"rule": "order_amount_typed", "message": "m", "rows": 1204, "files": 1, "file": "/v/orders/2026-11-21.json"}],
        [{"rule": "order_amount_typed", "value": value, "times": 2} for value in ("12,50", "8,00", "1,5", "3,2")],
    )
    rows = RefusedRows("silver.orders", (refused_rule(group, mending, is_hidden=False),))
    check = MissedCheck("silver.orders", "quarantined", "missed", "19.1 % (1204 of 6304)", "10 %", "c.yml:2", rows)
    jobs = (JobStatus("daily", "shop daily", 7, run), JobStatus("replay", "shop replay", 8), JobStatus("more", "more"))
    return TargetStatus("prod", jobs, (check,), ())


def test_a_failed_gate_is_told_with_rows_cause_and_the_line_to_change() -> None:
    assert status_text(tuesday()).splitlines() == [
        "workspace · target prod",
        "daily        run 8812  2026-11-21 05:00–05:09 UTC  FAILED at gate_silver; gold not refreshed",
        "  not run  gold, gate_gold",
        "  page     https://shop.example/#job/7/run/8812",
        "replay       never ran",
        "more         NOT DEPLOYED: the workspace has no job more",
        "silver.orders  quarantined 19.1 % (1204 of 6304), limit 10 %",
        "  order_amount_typed   1,204 rows   '12,50' '8,00' '1,5' …   all from orders/2026-11-21.json",
        "    cause  a comma for the decimal point   (MED891, a retry does not help)",
        "    fix    sql/silver/orders_conformed.sql:7   replace(amount, ',', '.') AS order_amount",
        "  rows   medallion quarantine show silver.orders -t prod",
        "  next   medallion check silver.orders -t prod --quarantined   (how many pass with the fix)",
    ]


def test_markdown_and_json_carry_the_same() -> None:
    markdown = status_markdown(tuesday())
    for part in ("❗ target prod", "FAILED at gate_silver", "order_amount_typed", "orders_conformed.sql:7", "MED891"):
        assert part in markdown
    told = json.loads(json.dumps(status_json(tuesday())))
    daily, replay, more = told["jobs"]
    assert (told["ok"], daily["ok"], replay["ok"], more["ok"]) == (False, False, True, False)
    assert daily["run"]["started"] == "2026-11-21T05:00:00Z"
    assert (daily["run"]["failed"], daily["run"]["not_refreshed"]) == (["gate_silver"], ["gold"])
    (rule,) = told["checks"][0]["rows"]["rules"]
    assert (rule["file"], rule["mending"]["code"], rule["values"][0]) == ("orders/2026-11-21.json", "MED891", "12,50")


def test_without_the_checks_a_failed_gate_says_what_it_raised() -> None:
    found = tuesday()
    text = status_text(TargetStatus("prod", found.jobs, (), (), ("what the gates found could not be read: MED651",)))
    assert "  MED838 a gate stopped the job" in text
    assert "19.1 % (1204 of 6304)" in text
    assert "NOT READ  what the gates found could not be read: MED651" in text


@pytest.fixture(scope="module")
def requests_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("status") / "requests.jsonl"


@pytest.fixture(scope="module")
def server_url(requests_log: Path) -> Iterator[str]:
    """A fake workspace server that writes down what it is asked."""
    binary = find_template() / "tools" / "databricks" / "bin" / "fakeworkspace"
    command = [binary, "--log", requests_log, "--exit-with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=10) == 0, "a client asked for an unknown route"


# What the warehouse answers: a pattern of the statement, its columns, its rows.
ANSWERS: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = (
    (
        r"dq_table_checks`\s+WHERE layer IN \('silver'\) AND judged_at >= timestamp_millis\(1795237200000\)",
        ("layer", "dataset", "check_name", "verdict", "observed", "limit_value"),
        [
            ("silver", "orders", "quarantined", "missed", "19.1 % (1204 of 6304)", "10 %"),
            ("silver", "orders", "freshness", "warning", "newest 2026-11-19", "at most 24 h old"),
        ],
    ),
    (
        r"inline\(_errors\).*orders_quarantine`.*LIMIT 3",
        ("rule", "message", "rows", "files", "file"),
        [
            ("order_amount_typed", "order_amount must be of its declared type.", "1200", "1", "/v/orders/today.json"),
            ("contact_email_email", "contact_email must be an address.", "4", "2", "/v/orders/a.json"),
        ],
    ),
    (
        r"row_number.*orders_quarantine`.*rule IN \('order_amount_typed'\)",
        ("rule", "value", "times"),
        [("order_amount_typed", "12,50", "1000"), ("order_amount_typed", "8,00", "200")],
    ),
)


def happens(workspace: str, what: str, body: Mapping[str, object]) -> None:
    from databricks.sdk import WorkspaceClient

    assert workspace
    WorkspaceClient().api_client.do("POST", f"/__fake/{what}", body=dict(body))


def status(project: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["status", "-t", "dev", "--project", str(project), *arguments])
    assert result.stdout, (result.stderr, result.exception)
    return result.exit_code, result.stdout


def failed_at_the_gate() -> Json:
    states = {"prepare": "SUCCESS", "ingest": "SUCCESS", "gate_silver": "FAILED", "gold": "UPSTREAM_FAILED"}
    tasks = [task(key, result) for key, result in states.items()]
    tasks[2]["state"]["state_message"] = RAISED
    return {
        "job": "daily",
        "run_id": 8812,
        "start_time": FIVE,
        "end_time": NINE_PAST,
        "run_page_url": "https://shop.example/#job/7/run/8812",
        "state": {"life_cycle_state": "INTERNAL_ERROR", "result_state": "FAILED"},
        "tasks": tasks,
    }


@pytest.mark.cli
def test_a_tuesday_morning_is_explained_and_nothing_is_written_or_started(
    project: Path,
    workspace: str,
    deploy: Callable[[Path, str], None],
    requests_log: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deploy(project, "dev")
    happens(workspace, "runs", failed_at_the_gate())
    happens(workspace, "runs", {**failed_at_the_gate(), "run_id": 8000, "start_time": FIVE - 86_400_000})
    code, text = status(project)
    assert code == 1
    assert "NOT READ" not in text, "answers without rows are no trouble"
    assert "MED838 a gate stopped the job" in text
    explained(project, workspace, requests_log)
    gone = "[TABLE_OR_VIEW_NOT_FOUND] orders_quarantine"
    happens(workspace, "statements", {"match": r"inline\(_errors\)", "error": gone, "times": 1})
    told = json.loads(status(project, "--json")[1])
    (note,) = told["not_read"]
    assert note.startswith("rows of silver.orders could not be read: MED703")
    assert gone in note
    assert [one["rows"] for one in told["checks"]] == [None, None]
    monkeypatch.setenv("BUNDLE_VAR_warehouse_id", "")
    code, text = status(project)
    assert code == 1
    assert "NOT READ  what the gates found could not be read: MED651 the bundle names no SQL warehouse" in text


def explained(project: Path, workspace: str, requests_log: Path) -> None:
    """What status says where the warehouse answers, and what it asks for that."""
    for match, columns, rows in ANSWERS:
        happens(workspace, "statements", {"match": match, "columns": columns, "rows": rows})
    before = len(requests_log.read_text().splitlines())
    code, text = status(project)
    lines = text.splitlines()
    assert code == 1
    assert [line for line in lines if line.startswith(("daily", "replay"))] == [
        "daily        run 8812  2026-11-21 05:00–05:09 UTC  FAILED at gate_silver; gold not refreshed",
        "replay       never ran",
    ]
    first = lines.index("silver.orders  quarantined 19.1 % (1204 of 6304), limit 10 %")
    assert lines[first + 1 : first + 7] == [
        "  order_amount_typed   1,200 rows   '12,50' '8,00'   all from orders/today.json",
        "    cause  a comma for the decimal point   (MED891, a retry does not help)",
        "    fix    sql/silver/orders_conformed.sql:7   replace(amount, ',', '.') AS order_amount",
        '    or     contracts/silver/orders.yml:18   order_amount: {…, normalize: [{number: ","}]}',
        "  contact_email_email   4 rows   ***   from 2 files",
        "    cause  contact_email must be an address   (MED890, a retry does not help)",
    ]
    assert "silver.orders  freshness newest 2026-11-19, limit at most 24 h old   (warning)" in lines
    told = json.loads(status(project, "--json")[1])
    assert [(one["check"], one["ok"]) for one in told["checks"]] == [("quarantined", False), ("freshness", True)]
    asked = [json.loads(line) for line in requests_log.read_text().splitlines()[before:]]
    statements = [one["body"]["statement"] for one in asked if one["path"] == "/api/2.0/sql/statements"]
    assert len(statements) == 6
    assert all(statement.startswith("SELECT") for statement in statements)
    assert {one["path"] for one in asked if one["method"] != "GET"} == {"/api/2.0/sql/statements"}
