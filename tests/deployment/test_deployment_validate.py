"""`medallion validate`: what the CLI's own schema does not allow is found without a workspace."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.scaffold.project import create_project

pytestmark = pytest.mark.cli


@pytest.fixture(autouse=True)
def no_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in [name for name in os.environ if name.startswith(("DATABRICKS_", "BUNDLE_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("HTTPS_PROXY", "http://no-network.invalid:9")
    monkeypatch.setenv("PATH", f"{Path('tools/databricks/bin').absolute()}{os.pathsep}{os.environ['PATH']}")


def edit(project: Path, path: str, old: str, new: str) -> None:
    file = project / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


PRINCIPAL = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.mark.parametrize("answers", [{"sample_data": "yes"}, {"sample_data": "no", "service_principal": PRINCIPAL}])
def test_a_new_project_fits(tmp_path: Path, answers: dict[str, str]) -> None:
    create_project(tmp_path, {"project_name": "shop", **answers})
    result = CliRunner().invoke(app, ["validate", "--project", str(tmp_path / "shop")])
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "all fits; no workspace was asked")
    assert "dev, staging, prod" in result.stdout


def test_each_kind_of_misfit_is_found_at_its_place(project: Path) -> None:
    edit(project, "databricks.yml", "sync:\n  exclude:\n", "sync:\n  exclude: all\n  exclud:\n")
    edit(project, "databricks.yml", "      schedule_status: UNPAUSED", "      schedule_status: NEVER")
    edit(project, "resources/ingest.pipeline.yml", "serverless:", "serverles:")
    edit(project, "resources/daily.job.yml", "  max_concurrent_runs: ", "  max_concurrent_runs: x")
    edit(project, "resources/gold.schema.yml", "catalog_name:", "comment:")
    result = CliRunner().invoke(app, ["validate", "--project", str(project), "--json"])
    told = json.loads(result.stdout)
    found = {(Path(one["place"]["path"]).name, one["path"]): (one["message"], one["help"]) for one in told["misfits"]}
    assert result.exit_code == 1
    assert result.exit_code == 1
    assert found[("databricks.yml", "sync.exclude")][0] == "'all' where the schema has array"
    assert found[("databricks.yml", "sync.exclud")] == ("no such field", "did you mean exclude?")
    assert found[("ingest.pipeline.yml", "resources.pipelines.ingest.serverles")][1] == "did you mean serverless?"
    assert (
        found[("daily.job.yml", "resources.jobs.daily.max_concurrent_runs")][0] == "'x1' where the schema has integer"
    )
    assert found[("gold.schema.yml", "resources.schemas.gold")] == ("catalog_name is missing", None)
    assert found[("daily.job.yml", "resources.jobs.daily.schedule.pause_status")][0] == "NEVER is none of the values"
    assert all(one["place"]["line"] for one in told["misfits"])
