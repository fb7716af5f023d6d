"""Every entry of the catalogue is found by its own sample and by nothing else, and says what to do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.deployment.failures.catalogue import CATALOGUE, classify
from medallion_toolkit.deployment.failures.model import KnownFailure
from medallion_toolkit.deployment.updates.events import Event
from medallion_toolkit.error_codes import CODES

# Frames of a stack trace in which every second word is somebody else's failure.
FRAMES = """
	at com.databricks.quota.QuotaExceededHandler.exceededQuota(QuotaExceededHandler.scala:12)
	at org.apache.kafka.clients.TimeoutException.<init>(TimeoutException.java:33)
	at com.amazonaws.SlowDown.AccessDenied(AccessDenied.java:403)
	at java.base/java.lang.OutOfMemoryError.<init>(OutOfMemoryError.java:52)
	at com.databricks.pipelines.INTERNAL_ERROR$.apply(Errors.scala:503)
	at org.postgresql.util.PSQLException.refused(PSQLException.java:1)
	... 41 more
"""
COMMAND = re.compile(r"\bmedallion (?:[a-z]+)(?: (?:-t \S+|--[a-z-]+))*")


@pytest.mark.parametrize("known", CATALOGUE, ids=lambda known: known.code)
def test_a_sample_is_classified_as_its_own_entry(known: KnownFailure) -> None:
    found = classify(known.sample, "prod")
    assert (found.code, found.title, found.retry, found.heals) == (known.code, known.title, known.retry, known.heals)
    assert "{" not in found.cause + found.fix
    assert "…" not in found.cause + found.fix


def test_the_catalogue_knows_at_least_forty_failures_each_once() -> None:
    codes = [known.code for known in CATALOGUE]
    assert len(codes) == len(set(codes)) >= 40
    assert set(codes) <= set(CODES)


def test_a_condition_belongs_to_one_entry() -> None:
    conditions = [condition for known in CATALOGUE for condition in known.conditions]
    assert len(conditions) == len(set(conditions))


def test_only_what_a_retry_may_mend_is_healed_by_one() -> None:
    healed = [known for known in CATALOGUE if known.heals in ("retry", "restart")]
    assert healed
    assert all(known.retry != "does not help" for known in healed)


@pytest.mark.parametrize("known", CATALOGUE, ids=lambda known: known.code)
def test_what_stands_around_a_message_does_not_change_what_it_is(known: KnownFailure) -> None:
    around = {
        "its stack trace": known.sample + FRAMES,
        "as the cause of another": "org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage "
        f"3.0 failed 4 times{FRAMES}Caused by: {known.sample}{FRAMES}",
        "as the cause of one that is known by itself": "[FAILED_READ_FILE.NO_HINT] Error while reading file dbfs:/a. "
        f"SQLSTATE: KD001{FRAMES}Caused by: {known.sample}",
        "with the plan of its stream": f"{known.sample}\n=== Streaming Query ===\nIdentifier: [id = 3f]\nThread State: "
        "RUNNABLE\n\nLogical Plan:\nRelation [failOnDataLoss, OOM] AccessDenied, [DIVIDE_BY_ZERO] SlowDown",
        "with a cause that says nothing": f"{known.sample}{FRAMES}Caused by: java.lang.NullPointerException{FRAMES}",
    }
    if known.sample.startswith("["):
        around["inside the stream's"] = f"[STREAM_FAILED] Query [id = 3f] terminated with exception: {known.sample}"
    assert {what: classify(message, "prod").code for what, message in around.items()} == dict.fromkeys(
        around, known.code
    )


@pytest.mark.parametrize("known", CATALOGUE, ids=lambda known: known.code)
def test_rows_that_read_like_an_error_are_rows(known: KnownFailure) -> None:
    """A table of log lines, say: what a message quotes from it is not what failed."""
    said = known.sample.replace("'", "").replace("\n", " ").replace('"', "")
    messages = {
        "MED831": f'[CAST_INVALID_INPUT] The value \'{said}\' of the type "STRING" cannot be cast to "INT" because it '
        "is malformed. SQLSTATE: 22018",
        "MED834": f"[CANNOT_PARSE_TIMESTAMP] Text '{said}' could not be parsed at index 0. SQLSTATE: 22007",
        "MED837": "[EXPECTATION_VIOLATION.VERBOSITY_ALL] Flow 'shop.silver.logs' failed to meet the expectation. "
        f"Violated expectations: 'line_present'. Input data: '{{\"line\":\"{said}\"}}'. SQLSTATE: 22000",
        "MED838": f"[USER_RAISED_EXCEPTION] gate_silver missed: logs newest_line: {said}, limit 10 % SQLSTATE: P0001",
        "MED840": f"[USER_RAISED_EXCEPTION] {said} SQLSTATE: P0001",
    }
    if "missed:" in said:
        del messages["MED840"]
    assert {classify(message, "prod").code: code for code, message in messages.items()} == {
        code: code for code in messages
    }


@pytest.mark.parametrize(
    "message",
    [
        "java.lang.IllegalStateException: no room left for column zoom_level in bathroom_plans",
        "java.lang.IllegalArgumentException: requirement failed: permission denied_rate must be positive",
        "org.apache.spark.SparkException: column quota_id of sales_quotas has no statistics",
        "java.lang.RuntimeException: the column stockout_days exceeded the maximum length",
        "java.lang.IllegalStateException: cannot find config file /Workspace/shop/rates.csv beside parameter base",
        "java.lang.RuntimeException: value 137 of exit_code is not in path /Volumes/shop/bronze/landing",
        "java.lang.IllegalArgumentException: variable total is already defined in usage policy table",
        "org.apache.spark.SparkException: option failOnDataLoss is not a Boolean",
    ],
)
def test_names_and_words_of_a_project_are_no_failure_of_the_platform(message: str) -> None:
    assert classify(message, "dev").code == "MED800"


UNREADABLE = "[FAILED_READ_FILE.NO_HINT] Error while reading file dbfs:/a.json.\nCaused by: java.nio.file."
MALFORMED = "[STREAM_FAILED] Query terminated with exception: [CAST_INVALID_INPUT] The value '8,00' of the type"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (f"{UNREADABLE}AccessDeniedException: s3://a.json: Access Denied (Status Code: 403)", "MED806"),
        ("[DELTA_MERGE_UNRESOLVED_EXPRESSION] Cannot resolve s.coupon in INSERT clause given columns t.id", "MED842"),
        ("RESOURCE_EXHAUSTED: too many updates of this workspace are running", "MED871"),
        ("[_LEGACY_ERROR_TEMP_DELTA_0007] A schema mismatch detected when writing to the Delta table.", "MED822"),
        ("[DELTA_METADATA_MISMATCH.OVERWRITE_REQUIRED] To overwrite your schema, set overwriteSchema.", "MED822"),
        (f'{MALFORMED} "STRING" cannot be cast to "INT" because it is malformed.', "MED831"),
    ],
)
def test_the_innermost_cause_that_is_known_decides(message: str, code: str) -> None:
    assert classify(message, "prod").code == code


def test_exceptions_of_an_event_are_each_the_cause_of_the_one_before() -> None:
    told = [{"message": "[STREAM_FAILED] Query terminated"}, {"message": "Connection lost"}]
    event = Event.of({"error": {"exceptions": [*told, {"message": "[DIVIDE_BY_ZERO] Division by zero."}]}})
    assert classify(event.failure, "prod").code == "MED832"
    assert Event.of({}).failure == ""


def test_what_is_not_known_is_said_to_be_unknown_with_its_first_line() -> None:
    found = classify("Something else\nat line 3", "dev")
    assert (found.code, found.cause, found.heals) == ("MED800", "Something else", None)


def commands() -> Iterator[tuple[str, str]]:
    for known in CATALOGUE:
        fix = classify(known.sample, "prod").fix
        for command in COMMAND.findall(fix):
            yield known.code, command.strip()


def test_fixes_that_are_commands_are_found() -> None:
    named = {known.code for known in CATALOGUE if "medallion " in known.fix}
    assert named == {code for code, _ in commands()}
    assert len(named) > 15


@pytest.mark.parametrize("command", sorted({command for _, command in commands()}))
def test_a_fix_that_is_a_command_can_be_typed(command: str, tmp_path: Path) -> None:
    """The command and its options exist, and belong together: away from a project it ends with another error."""
    _, verb, *options = shlex.split(command)
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    known = group.commands[verb]
    known.make_context(verb, list(options))
    result = CliRunner().invoke(app, [verb, *options, "--project", str(tmp_path)])
    assert result.exit_code in (1, 3), result.output
