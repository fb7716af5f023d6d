"""`medallion doctor` on machines that lack something, each built for real in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from medallion_toolkit.cli.doctor import doctor
from medallion_toolkit.doctor.checks import (
    check_cli,
    check_engine,
    check_engine_jars,
    check_helpers,
    check_java,
    check_memory,
    check_python,
)
from medallion_toolkit.doctor.examination import Examination, examine
from medallion_toolkit.engine.jars import ENGINE_JARS


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def run_doctor(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(doctor)
    result = CliRunner().invoke(app, [*arguments])
    return result.exit_code, result.stdout


def test_old_python_is_named_with_what_is_expected() -> None:
    check = check_python((3, 10, 4))
    assert (check.verdict, check.found, check.expected) == ("FAILED", "3.10.4", "3.11 or newer")


def test_this_machine_is_ready_for_a_local_run() -> None:
    assert check_python().ok
    assert check_java().ok
    assert check_engine().found == "pyspark 4.2.0, delta-spark 4.4.0"
    assert check_memory().ok


def test_java_home_without_java_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    check = check_java()
    assert check.verdict == "FAILED"
    assert check.found == f"none in JAVA_HOME={tmp_path}"
    assert "JDK 17" in check.fix


@pytest.mark.parametrize(
    ("version", "verdict"), [("1.8.0_402", "FAILED"), ("11.0.2", "FAILED"), ("17.0.15", "ok"), ("21", "ok")]
)
def test_java_must_be_seventeen_or_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, verdict: str
) -> None:
    modules = "java.base java.management java.naming java.security.jgss java.sql jdk.unsupported"
    listing = "; ".join(f"echo {name}@17" for name in modules.split())
    program(
        tmp_path / "bin",
        "java",
        f'if [ "$1" = --list-modules ]; then {listing}; else echo "    java.version = {version}" >&2; fi',
    )
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert check_java().verdict == verdict


def test_a_java_cut_down_with_jlink_is_told_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(
        tmp_path / "bin",
        "java",
        'if [ "$1" = --list-modules ]; then echo java.base@17; else echo "    java.version = 17.0.1" >&2; fi',
    )
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    check = check_java()
    assert check.found.startswith("no java.management, java.naming")
    assert "full JDK" in check.fix


def test_jars_not_yet_fetched_are_advice_not_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDALLION_CACHE", str(tmp_path))
    check = check_engine_jars()
    assert (check.verdict, check.found) == ("advice", f"0 of {len(ENGINE_JARS)} in {tmp_path / 'jars'}")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("Databricks CLI v1.12.1", "ok"), ("Databricks CLI v1.11.4", "advice"), ("no such thing", "advice")],
)
def test_the_old_cli_is_told_from_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, verdict: str
) -> None:
    program(tmp_path, "databricks", f"echo '{answer}'")
    monkeypatch.setenv("PATH", str(tmp_path))
    check = check_cli()
    assert (check.verdict, check.found) == (verdict, f"{answer} at {tmp_path / 'databricks'}")


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("INTERFACE = 2\n", "ok"),
        ("INTERFACE: int = 2\n", "ok"),
        ("INTERFACE = 1\n", "FAILED"),
        ("", "FAILED"),
        ("def broken(:\n", "FAILED"),
    ],
)
def test_helper_modules_must_speak_our_interface(tmp_path: Path, source: str, verdict: str) -> None:
    place = tmp_path / "medallion" / "__init__.py"
    place.parent.mkdir()
    place.write_text(source, encoding="utf-8")
    assert check_helpers(tmp_path).verdict == verdict


def test_advice_alone_leaves_the_machine_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDALLION_CACHE", str(tmp_path))
    examination = examine(tmp_path)
    assert examination.project is None
    assert examination.ready
    assert "advice  engine jars" in examination.as_text()


def test_a_failed_requirement_ends_with_three_and_says_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    code, output = run_doctor("--project", str(tmp_path))
    assert code == 3
    assert "FAILED  Java" in output
    assert "fix: install a JDK 17" in output
    assert "not ready" in output


def test_json_says_the_same_as_the_text(tmp_path: Path) -> None:
    (tmp_path / "databricks.yml").write_text("bundle: {name: shop}\n", encoding="utf-8")
    code, output = run_doctor("--project", str(tmp_path), "--json")
    found = json.loads(output)
    assert code == 3
    assert found["project"] == str(tmp_path.resolve())
    verdicts = {check["name"]: check["verdict"] for check in found["checks"]}
    assert verdicts["helper modules"] == "FAILED"
    assert verdicts["Python"] == "ok"


def test_text_keeps_within_a_hundred_columns_for_short_paths() -> None:
    examination = Examination(None, (check_python((3, 10, 0)), check_memory()))
    assert max(len(line) for line in examination.as_text().splitlines()) <= 100
