"""One list of steps: GitHub's files, written by hand, and the examples for two other systems run the same commands."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from repository import ROOT

from medallion_toolkit.generate.delivery_page import azure, gitlab
from medallion_toolkit.generate.delivery_steps import WORKFLOWS, Workflow

FOLDER = ROOT / "template" / "{{.project_name}}" / ".github" / "workflows"
INSTALL = "pip install -r requirements-dev.txt"


def commands(steps: list[dict[str, Any]], key: str) -> list[str]:
    return [step[key] for step in steps if str(step.get(key, "")).startswith("medallion ")]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.name)
def test_github_runs_these_steps(workflow: Workflow) -> None:
    jobs = yaml.safe_load((FOLDER / f"{workflow.name}.yml").read_text(encoding="utf-8"))["jobs"]
    assert list(jobs) == [job.key for job in workflow.jobs]
    for job in workflow.jobs:
        steps = jobs[job.key]["steps"]
        assert commands(steps, "run") == list(job.commands)
        others = [step["run"] for step in steps if "run" in step and not step["run"].startswith("medallion ")]
        assert others == [INSTALL], "the shell of a step is one command"
        assert {step["run"] for step in steps if "cancelled" in str(step.get("if"))} == set(job.always)
        assert {step["run"] for step in steps if step.get("continue-on-error")} == set(job.tolerated)
        environment = str(jobs[job.key].get("environment") or "")
        wanted = "${{ inputs.target" if job.environment == "$TARGET" else job.environment or ""
        assert environment.startswith(wanted)
        assert bool(environment) == bool(wanted)
        alone = jobs[job.key].get("concurrency")
        group = (job.target or "").replace("$TARGET", "${{ inputs.target }}")
        assert alone == ({"group": f"target-{group}", "cancel-in-progress": False} if group else None)
    assert {path.stem for path in FOLDER.glob("*.yml")} == {one.name for one in WORKFLOWS}


def test_gitlab_runs_these_steps() -> None:
    loaded = yaml.safe_load(gitlab(WORKFLOWS))
    jobs = [value for name, value in loaded.items() if isinstance(value, dict) and "script" in value]
    wanted = [job for workflow in WORKFLOWS for job in workflow.jobs]
    found = [[*job["script"], *job.get("after_script", [])] for job in jobs]
    assert [[one for one in each if one != INSTALL] for each in found] == [list(job.commands) for job in wanted]
    assert ["manual" in str(job["rules"]) for job in jobs] == [job.approval for job in wanted]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda one: one.name)
def test_azure_runs_these_steps(workflow: Workflow) -> None:
    loaded = yaml.safe_load(azure(workflow))
    assert len(loaded["jobs"]) == len(workflow.jobs)
    for job, wanted in zip(loaded["jobs"], workflow.jobs, strict=True):
        steps = job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
        assert commands(steps, "script") == list(wanted.commands)
        assert ("environment" in job) == (wanted.target is not None)


def test_no_step_approves_by_itself() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml"))
    said = text.replace("Deployments never get --auto-approve.", "")
    assert re.findall(r"--auto-approve|secrets\.|pull_request_target|workflow_run", said) == []


def test_what_prod_takes_is_what_was_shown() -> None:
    deploy = next(one for one in WORKFLOWS if one.name == "deploy")
    plan, prod = (next(job for job in deploy.jobs if job.key == key) for key in ("prod-plan", "prod"))
    assert plan.saves == prod.takes
    assert (plan.target, prod.approval) == (None, True)
    assert any(f"--plan {prod.takes[0]}" in command for command in prod.commands)
