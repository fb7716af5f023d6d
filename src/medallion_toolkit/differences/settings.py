"""Differences in the bundle: settings of pipelines, jobs and other resources that belong to the workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from medallion_toolkit.differences.model import Difference
from medallion_toolkit.project.combining import apply_target, read_configuration
from medallion_toolkit.project.nodes import Node

_SIZE = "sizing of compute; a run here uses this machine"
_COST = "cost; a run here has none"
_WHO = "permissions; whoever runs it here sees everything"
_WHEN = "when the workspace starts it; here you do"
_AGAIN = "retries and limits of the workspace"
_TELL = "messages of the workspace; a run here tells on the screen"
_NAMES = "how the workspace files and protects it"

PIPELINE: Mapping[str, str] = {
    "serverless": _SIZE,
    "clusters": _SIZE,
    "photon": "the vectorised engine: speed only",
    "channel": "version of the runtime; here it is the installed Spark",
    "edition": "which features are paid for; all are there in a local run",
    "continuous": "an update here ends when nothing new is left (triggered)",
    "development": "whether clusters are kept and errors retried",
    "trigger": _WHEN,
    "restart_window": _WHEN,
    "notifications": _TELL,
    "permissions": _WHO,
    "run_as": _WHO,
    "budget_policy_id": _COST,
    "usage_policy_id": _COST,
    "tags": _COST,
    "environment": "packages the workspace installs; here they are those of the Python that runs medallion",
    "ingestion_definition": "rows come from a connector; here from [tool.medallion.local.sources]",
    "gateway_definition": "rows come from a connector; here from [tool.medallion.local.sources]",
    "storage": "where the workspace keeps state; here it is .medallion",
    "filters": "what the workspace would leave out of an update",
    "lifecycle": _NAMES,
    "cascade_on_destroy": _NAMES,
    "allow_duplicate_names": _NAMES,
}
CONFIGURATION: Mapping[str, str] = {
    "pipelines.trigger.interval": _WHEN,
    "pipelines.numUpdateRetryAttempts": _AGAIN,
    "pipelines.maxFlowRetryAttempts": _AGAIN,
    "pipelines.clusterShutdown.delay": _SIZE,
    "pipelines.enableTrackHistory": _NAMES,
}
JOB: Mapping[str, str] = {
    "schedule": _WHEN,
    "trigger": _WHEN,
    "continuous": _WHEN,
    "queue": _AGAIN,
    "max_concurrent_runs": _AGAIN,
    "timeout_seconds": _AGAIN,
    "health": _TELL,
    "email_notifications": _TELL,
    "webhook_notifications": _TELL,
    "notification_settings": _TELL,
    "permissions": _WHO,
    "run_as": _WHO,
    "tags": _COST,
    "budget_policy_id": _COST,
    "performance_target": _SIZE,
    "job_clusters": _SIZE,
    "environments": _SIZE,
}
TASK: Mapping[str, str] = {"max_retries": _AGAIN, "min_retry_interval_millis": _AGAIN, "timeout_seconds": _AGAIN}
_TASKS_RUN = ("pipeline_task", "sql_task")
_READ_HERE = ("pipelines", "jobs", "schemas", "volumes")
TOP: Mapping[str, str] = {"permissions": _WHO, "run_as": _WHO, "presets": _NAMES}


def bundle_differences(folder: Path, target: str) -> Iterator[Difference]:
    """What the configuration of a target says that only the workspace does."""
    root = apply_target(read_configuration(folder), target)
    yield from _settings(root, TOP, "bundle")
    resources = root.get("resources")
    for kind, group in (resources.entries if resources else {}).items():
        for key, node in group.entries.items():
            yield from _resource(kind, key, node)


def _resource(kind: str, key: str, node: Node) -> Iterator[Difference]:
    if kind == "pipelines":
        yield from _settings(node, PIPELINE, f"pipeline {key}")
        configuration = node.get("configuration")
        if configuration is not None:
            yield from _settings(configuration, CONFIGURATION, f"pipeline {key}")
    elif kind == "jobs":
        yield from _job(key, node)
    elif kind not in _READ_HERE:
        yield Difference("not_shown", f"{kind} {key}", "made by a deployment; a run here does not need it", node.place)
    grants = node.get("grants")
    if grants is not None:
        yield Difference("not_shown", f"{kind} {key}: grants", _WHO, grants.place)


def _job(key: str, node: Node) -> Iterator[Difference]:
    yield from _settings(node, JOB, f"job {key}")
    tasks = node.get("tasks")
    for task in tasks.items if tasks else ():
        name = _text(task.get("task_key"))
        yield from _settings(task, TASK, f"job {key}, task {name}")
        kind = next((word for word in task.entries if word.endswith("_task")), None)
        if kind is not None and kind not in _TASKS_RUN:
            yield Difference("not_shown", f"job {key}, task {name}: {kind}", "run by the workspace only", task.place)


def _settings(node: Node, known: Mapping[str, str], owner: str) -> Iterator[Difference]:
    for name, child in node.entries.items():
        if name in known:
            yield Difference("not_shown", f"{owner}: {name}{_value(child)}", known[name], child.place)


def _value(node: Node) -> str:
    text = node.text
    return "" if text is None else f" = {text}"


def _text(node: Node | None) -> str:
    return (node.text if node else None) or ""
