"""Bundle resources: the CLI's own plan of the code that runs, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.deployment.drift.code import RunningCode
from medallion_toolkit.deployment.drift.model import Drifted, Findings
from medallion_toolkit.deployment.planning import NOTHING

Json = Any
GONE = "deleted"
LEFT_BEHIND = "deployed, and no part of the code"


def compare_resources(code: RunningCode, findings: Findings) -> None:
    """Each field that the plan would change; a resource that is gone or left behind counts as one."""
    plan = Cli(code.folder, code.target).asked("bundle", "plan")
    findings.differences += planned_drift(plan, code.target)


def planned_drift(plan: Json, target: str) -> Iterator[Drifted]:
    """The differences of a plan that was made of unchanged code."""
    deploy = f"medallion deploy -t {target}"
    for resource, entry in sorted((plan.get("plan") or {}).items()):
        action = str(entry.get("action") or "")
        if action in NOTHING:
            continue
        fields = list(_fields(resource, entry.get("changes") or {}))
        if action == "create":
            yield Drifted("resource", resource, "deployed", GONE, deploy)
        elif action == "delete":
            yield Drifted("resource", resource, None, LEFT_BEHIND, deploy)
        elif not fields:
            yield Drifted("resource", resource, "as deployed", f"needs {action}", deploy)
        for where, change in fields:
            yield Drifted("resource", where, change.get("new"), change.get("remote"), deploy)


def _fields(resource: str, changes: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for field, change in sorted(changes.items()):
        if isinstance(change, Mapping) and str(change.get("action") or "") not in NOTHING:
            yield (f"{resource}{field}" if field.startswith("[") else f"{resource}.{field}"), change
