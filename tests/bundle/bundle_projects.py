"""Projects made by `databricks bundle init` from this repository's template, one per test."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

from bundle_workspace import REPOSITORY, SERVICE_PRINCIPAL, CliResult, Json, Request, Workspace

TARGETS = ("dev", "staging", "prod")
LAYERS = ("bronze", "silver", "gold")

DEFAULTS = {
    "project_name": "my_lakehouse",
    "catalog": "my_lakehouse",
    "warehouse_name": "Serverless Starter Warehouse",
    "sample_data": "yes",
    "service_principal": "",
    "notification_address": "",
}
OTHERS = {
    "project_name": "shop2",
    "catalog": "retail_eu",
    "warehouse_name": "Team (EU) no. 7",
    "sample_data": "no",
    "service_principal": SERVICE_PRINCIPAL,
    "notification_address": "data-team@example.com",
}


def label(answers: dict[str, str]) -> str:
    """Name a combination by the answers that are not the default."""
    changed = [name for name, value in answers.items() if value != DEFAULTS[name]]
    return "+".join(changed) or "defaults"


COMBINATIONS = {
    label(answers): answers
    for answers in (
        dict(zip(DEFAULTS, values, strict=True))
        for values in itertools.product(*([DEFAULTS[name], OTHERS[name]] for name in DEFAULTS))
    )
}


def render(workspace: Workspace, folder: Path, answers: dict[str, str]) -> Path:
    """Answer the prompts; give the project's folder, made by the real CLI."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answers.json").write_text(json.dumps(answers))
    workspace.succeed("bundle", "init", str(REPOSITORY), "--config-file", "answers.json", cwd=folder)
    return folder / answers.get("project_name", DEFAULTS["project_name"])


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file and folder below a folder: bytes, and mode."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes() if path.is_file() else b"", path.stat().st_mode)
        for path in folder.rglob("*")
    }


@dataclass(frozen=True)
class Deployment:
    """A project in one target of one workspace, driven as the identity that target belongs to."""

    project: Path
    workspace: Workspace
    target: str
    catalog: str

    @property
    def by_service_principal(self) -> bool:
        return self.target != "dev"

    def bundle(self, *arguments: str) -> CliResult:
        command = ("bundle", *arguments, "-t", self.target)
        return self.workspace.cli(*command, cwd=self.project, as_service_principal=self.by_service_principal)

    def succeed(self, *arguments: str) -> CliResult:
        result = self.bundle(*arguments)
        assert result.exit_code == 0, f"bundle {' '.join(arguments)} -t {self.target}\n{result.text}"
        return result

    def resources(self) -> Json:
        return self.succeed("summary", "-o", "json").json()["resources"]

    def schema_name(self, layer: str) -> str:
        return f"dev_tester_{layer}" if self.target == "dev" else layer

    def created(self, path: str) -> list[Json]:
        """Bodies of the requests that made resources of one kind."""
        return [line.body for line in self.workspace.requests("POST") if line.path == path]

    def changes(self) -> list[Request]:
        """Requests that made, changed or deleted a resource."""
        kinds = ("/api/2.1/unity-catalog/", "/api/2.0/pipelines", "/api/2.2/jobs/", "/api/2.0/permissions/")
        return [
            line
            for line in self.workspace.requests()
            if line.method != "GET" and line.path.startswith(kinds) and "directories" not in line.path
        ]

    def uploads(self) -> set[str]:
        """Paths of the project's files in the workspace, relative to its folder."""
        marker = f"/{self.target}/files/"
        return {
            line.path.split(marker, 1)[1]
            for line in self.workspace.requests("POST", "/api/2.0/workspace-files/import-file/")
            if marker in line.path
        }


def prepare(workspace: Workspace, project: Path, target: str, answers: dict[str, str]) -> Deployment:
    """Make the catalog and the warehouse that a project asks for; deploy nothing yet."""
    base = answers.get("catalog", answers.get("project_name", DEFAULTS["catalog"]))
    catalog = base if target == "prod" else f"{base}_{target}"
    workspace.create_catalog(catalog)
    warehouse = answers.get("warehouse_name", DEFAULTS["warehouse_name"])
    if warehouse != DEFAULTS["warehouse_name"]:
        workspace.api("POST", "/api/2.0/sql/warehouses", {"name": warehouse})
    return Deployment(project, workspace, target, catalog)


def place(workspace: Workspace, folder: Path, target: str, answers: dict[str, str]) -> Deployment:
    """Render a project for one target of a workspace that is prepared for it."""
    return prepare(workspace, render(workspace, folder, answers), target, answers)
