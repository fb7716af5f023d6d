"""The generated files that the template holds are those that `medallion generate` writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from medallion_toolkit.generate.files import check_files
from medallion_toolkit.scaffold.project import create_project


@pytest.fixture(params=["yes", "no"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    create_project(tmp_path, {"project_name": "shop", "sample_data": request.param})
    return tmp_path / "shop"


def sql_tasks(project: Path) -> dict[str, dict[str, str]]:
    job = yaml.safe_load((project / "resources" / "daily.job.yml").read_text())["resources"]["jobs"]["daily"]
    tasks = [task["sql_task"] for task in job["tasks"] if "sql_task" in task]
    return {task["file"]["path"].removeprefix("../"): task["parameters"] for task in tasks}


def test_a_new_project_has_current_files(project: Path) -> None:
    """When this fails: python -m sample_data.job_files"""
    assert [file for file in check_files(project).files if file.state != "current"] == []


def test_the_job_gives_every_parameter_that_its_sql_asks_for(project: Path) -> None:
    tasks = sql_tasks(project)
    assert sorted(tasks) == ["jobs/gate_gold.sql", "jobs/gate_silver.sql", "jobs/governance.sql", "jobs/prepare.sql"]
    for path, parameters in tasks.items():
        text = re.sub(r"--[^\n]*|'(?:[^'\\]|\\.)*'", "", (project / path).read_text())
        asked = set(re.findall(r"(?<![:\w]):([a-z_]+)", text))
        assert asked <= set(parameters), path
        assert {"catalog"} <= asked, path
