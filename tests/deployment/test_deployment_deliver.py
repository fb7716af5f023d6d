"""`medallion deliver`: the next sample day, here and in a workspace."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from medallion_toolkit.cli.deliver import deliver
from medallion_toolkit.scaffold.project import create_project

app = typer.Typer()
app.command()(deliver)
DAY_2 = [f"{name}/2026-11-21.csv" for name in ("customers", "order_lines")]
DAY_2 += ["orders/2026-11-21.json", "reviews/2026-11-21.csv"]
DAY_1 = [
    "currencies/2026-11-01.csv",
    "customers/2026-11-20.csv",
    "order_lines/2026-11-20.csv",
    "orders/2026-11-19.json",
    "orders/2026-11-20.json",
    "products/2026-11-01.parquet",
    "reviews/2026-11-20.csv",
]
VOLUME = "/Volumes/shop_dev/dev_tester_bronze/landing"


def medallion_deliver(project: Path, *arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["--project", str(project), "--json", *arguments])
    answer: dict[str, object] = json.loads(result.stdout)
    return {**answer, "exit_code": result.exit_code}


def error_of(answer: dict[str, object]) -> str:
    errors = answer["errors"]
    assert isinstance(errors, list)
    return str(errors[0]["code"])


def test_the_second_day_lands_here_and_then_nothing_is_left(project: Path) -> None:
    first = medallion_deliver(project)
    assert (first["day"], first["files"]) == ("2026-11-21", DAY_2)
    for name in DAY_2:
        landed, source = project / "fixtures/landing" / name, project / "fixtures/next/2026-11-21" / name
        assert landed.read_bytes() == source.read_bytes()
    second = medallion_deliver(project)
    assert (second["day"], second["files"], second["exit_code"]) == (None, [], 0)


def test_the_text_says_what_was_copied_and_when_nothing_is_left(project: Path) -> None:
    runner = CliRunner()
    first, second = (runner.invoke(app, ["--project", str(project)]).stdout for _ in range(2))
    assert first.splitlines()[0] == "2026-11-21 → fixtures/landing"
    assert [line.strip() for line in first.splitlines()[1:-1]] == DAY_2
    assert second == "Nothing left to deliver: fixtures/landing has every sample file.\n"


def test_a_delivery_that_was_cut_off_is_finished(project: Path) -> None:
    medallion_deliver(project)
    (project / "fixtures/landing/orders/2026-11-21.json").unlink()
    assert medallion_deliver(project)["files"] == ["orders/2026-11-21.json"]


def test_another_file_of_the_same_name_is_left_alone(project: Path) -> None:
    mine = project / "fixtures/landing/orders/2026-11-21.json"
    mine.write_text("mine")
    answer = medallion_deliver(project)
    assert (error_of(answer), answer["exit_code"]) == ("MED702", 2)
    assert mine.read_text() == "mine"
    assert not (project / "fixtures/landing/customers/2026-11-21.csv").exists()


def test_a_project_without_a_mapped_landing_folder_is_told_what_to_write(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert error_of(medallion_deliver(project)) == "MED120"


def test_an_empty_project_says_that_it_has_no_sample_files(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop", "sample_data": "no"})
    result = CliRunner().invoke(app, ["--project", str(tmp_path / "shop")])
    assert result.exit_code == 0
    assert result.stdout.startswith("Nothing to deliver: the project has no sample files")


@pytest.mark.cli
def test_both_days_go_to_the_volume_one_after_the_other(project: Path, deploy: Callable[[Path, str], None]) -> None:
    deploy(project, "dev")
    answers = [medallion_deliver(project, "-t", "dev") for _ in range(3)]
    assert [answer["files"] for answer in answers] == [DAY_1, DAY_2, []]
    assert [answer["place"] for answer in answers] == [VOLUME] * 3


@pytest.mark.cli
def test_the_volume_has_the_files_byte_for_byte(project: Path, deploy: Callable[[Path, str], None]) -> None:
    from databricks.sdk import WorkspaceClient

    deploy(project, "dev")
    medallion_deliver(project, "-t", "dev")
    client = WorkspaceClient()
    for name in DAY_1:
        contents = client.files.download(f"{VOLUME}/{name}").contents
        assert contents is not None
        assert contents.read() == (project / "fixtures/landing" / name).read_bytes()


@pytest.mark.cli
def test_days_delivered_here_first_reach_the_volume_day_by_day(
    project: Path, deploy: Callable[[Path, str], None]
) -> None:
    deploy(project, "dev")
    medallion_deliver(project)
    assert [medallion_deliver(project, "-t", "dev")["files"] for _ in range(2)] == [DAY_1, DAY_2]


@pytest.mark.cli
def test_a_file_the_volume_has_otherwise_is_not_overwritten(project: Path, deploy: Callable[[Path, str], None]) -> None:
    import io

    from databricks.sdk import WorkspaceClient

    deploy(project, "dev")
    client = WorkspaceClient()
    client.files.create_directory(f"{VOLUME}/orders")
    client.files.upload(f"{VOLUME}/orders/2026-11-19.json", io.BytesIO(b"{}\n"))
    answer = medallion_deliver(project, "-t", "dev")
    assert error_of(answer) == "MED702"
    assert [entry.name for entry in client.files.list_directory_contents(VOLUME)] == ["orders"]


@pytest.mark.cli
def test_sample_files_stay_out_of_prod(project: Path, deploy: Callable[[Path, str], None]) -> None:
    deploy(project, "prod")
    answer = medallion_deliver(project, "-t", "prod")
    assert (error_of(answer), answer["exit_code"]) == ("MED701", 2)


@pytest.mark.cli
def test_a_target_that_is_not_deployed_is_named_as_the_reason(project: Path, workspace: str) -> None:
    assert workspace
    answer = medallion_deliver(project, "-t", "dev")
    assert (error_of(answer), answer["exit_code"]) == ("MED703", 3)
    assert json.dumps(answer["errors"]).count("databricks bundle deploy -t dev") == 1


def test_without_a_workspace_the_error_says_how_to_sign_in(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CONFIG_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = medallion_deliver(project, "-t", "dev")
    assert (error_of(answer), answer["exit_code"]) == ("MED704", 3)
