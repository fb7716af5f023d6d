"""A fake workspace whose tables and information_schema answer as if pipelines and governance had run, then by hand."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from three_workspaces import Way

from medallion_toolkit.deployment.drift.declared_tables import declared_tables
from medallion_toolkit.graph.project import Project, project_of
from medallion_toolkit.project.bundle import load_bundle

Json = Any
GROUP = "shop analysts"


@dataclass
class DriftingWorkspace:
    """One target of the way, changed through the API as somebody in the UI would."""

    way: Way
    target: str
    tables: dict[str, Json] = field(default_factory=dict)
    rows: dict[str, list[list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bundle = load_bundle(self.way.project, self.target, user_name="tester@databricks.com", short_name="tester")
        self.project: Project = project_of(self.bundle)

    def ask(self, method: str, path: str, body: Json = None) -> Json:
        return self.way.ask(self.target, method, path, body)

    def drift(self, *more: str) -> tuple[int, dict[str, tuple[Json, Json]], Json]:
        """Exit code, (expected, found) by place, and everything told."""
        code, told = self.way.run("drift", "-t", self.target, *more)
        assert "differences" in told, told
        return code, {one["where"]: (one["expected"], one["found"]) for one in told["differences"]}, told

    def pipelines_ran(self) -> None:
        """All tables are there with their masks, as they are declared, and both pipelines have completed."""
        for declared in declared_tables(self.project):
            catalog, schema, name = declared.name.split(".")
            self.tables[declared.shown] = {
                "catalog_name": catalog,
                "schema_name": schema,
                "name": name,
                "table_type": declared.kind.upper(),
                "comment": declared.comment,
                "properties": {**declared.properties, "delta.minReaderVersion": "3"},
                "columns": [
                    {"name": one.name, "type_text": (one.type or "string").lower(), "comment": one.comment}
                    for one in declared.columns.values()
                ],
            }
            self.put_table(declared.shown)
        self._state_governance()
        self.put_rows("column_masks")
        for pipeline in self.ask("GET", "/api/2.0/pipelines?max_results=100")["statuses"]:
            self.ask("POST", f"/api/2.0/pipelines/{pipeline['pipeline_id']}/updates", {})

    def put_table(self, shown: str) -> None:
        self.ask("POST", "/__fake/tables", self.tables[shown])

    def governance_ran(self) -> None:
        """jobs/governance.sql has made its views, set its tags and granted what the contracts say."""
        catalog, gold = self.bundle.schemas["gold"].split(".")
        view = {"catalog_name": catalog, "schema_name": gold, "name": "pipeline_runs", "table_type": "VIEW"}
        self.ask("POST", "/__fake/tables", view)
        for view_name in self.rows:
            self.put_rows(view_name)

    def _state_governance(self) -> None:
        package = self.project.contracts.package
        assert package is not None
        self.rows = {"table_privileges": [], "table_tags": [], "column_tags": [], "column_masks": []}
        for one in package.governance_facts(list(self.project.contracts.by_table.values())):
            place = [self.bundle.schemas[one.layer].split(".")[1], one.table]
            self.rows["table_privileges"] += [[*place, GROUP, "SELECT"] for _ in one.readers]
            self.rows["table_tags"] += [[*place, tag, value] for tag, value in one.tags.items()]
            self.rows["column_tags"] += [
                [*place, column, tag, value] for column, tags in one.column_tags.items() for tag, value in tags.items()
            ]
            self.rows["column_masks"] += [[*place, column, "mask_text"] for column in one.masked]

    def put_rows(self, view: str) -> None:
        columns = {
            "table_privileges": ["schema_name", "table_name", "grantee", "privilege_type"],
            "table_tags": ["schema_name", "table_name", "tag_name", "tag_value"],
            "column_tags": ["schema_name", "table_name", "column_name", "tag_name", "tag_value"],
            "column_masks": ["table_schema", "table_name", "column_name", "mask_name"],
        }[view]
        answer = {"match": rf"information_schema\.{view}\b", "columns": columns, "rows": self.rows[view]}
        self.ask("POST", "/__fake/statements", answer)

    def job(self, key: str) -> tuple[int, Json]:
        """The id and settings of a deployed job."""
        name = str(self.bundle.jobs[key]["name"])
        [found] = [one for one in self.ask("GET", "/api/2.2/jobs/list")["jobs"] if one["settings"]["name"] == name]
        return found["job_id"], self.ask("GET", f"/api/2.2/jobs/get?job_id={found['job_id']}")["settings"]

    def reset_job(self, key: str, change: Json) -> None:
        number, settings = self.job(key)
        self.ask("POST", "/api/2.2/jobs/reset", {"job_id": number, "new_settings": {**settings, **change}})

    def write_file(self, path: str, text: str) -> None:
        self.ask("POST", "/api/2.0/workspace/mkdirs", {"path": self.path(path).rpartition("/")[0]})
        content = base64.b64encode(text.encode()).decode()
        body = {"path": self.path(path), "format": "AUTO", "overwrite": True, "content": content}
        self.ask("POST", "/api/2.0/workspace/import", body)

    def delete_file(self, path: str) -> None:
        self.ask("POST", "/api/2.0/workspace/delete", {"path": self.path(path)})

    def path(self, path: str) -> str:
        return f"{self.bundle.workspace['file_path']}/{path}"


def set_ignored(project: Path, *patterns: str) -> None:
    """Add the patterns to the project's settings."""
    settings = project / "pyproject.toml"
    settings.write_text(f"{settings.read_text()}\n[tool.medallion.drift]\nignore = {list(patterns)!r}\n")
