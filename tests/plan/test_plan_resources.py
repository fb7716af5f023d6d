"""Changed resources field by field, in every target, and nothing that looks secret."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_project import DATABRICKS, ORDERS, make_project, write_files

from medallion_toolkit.plan.loading import other_targets
from medallion_toolkit.plan.resources import resource_changes
from medallion_toolkit.plan.telling import resource_line
from medallion_toolkit.project.bundle import load_bundle

JOB = {
    "name": "daily",
    "tasks": [
        {"task_key": "ingest", "max_retries": 1, "pipeline_task": {"pipeline_id": "1"}},
        {"task_key": "gate", "sql_task": {"file": {"path": "jobs/gate.sql"}}},
    ],
    "tags": {"team": "sales"},
    "email_notifications": {"on_failure": ["a@example.org", "b@example.org"]},
}
TARGETS = """targets:
  dev:
    default: true
    variables: {catalog: shop_dev}
  prod:
    variables: {catalog: shop}
    resources:
      pipelines:
        marts: {channel: CURRENT}
"""


def lines(before: object, after: object) -> list[str]:
    return [resource_line(one) for one in resource_changes({"jobs": {"daily": before}}, {"jobs": {"daily": after}})]


def test_a_task_is_found_by_its_key_wherever_it_stands() -> None:
    ingest, gate = JOB["tasks"]
    assert lines(JOB, {**JOB, "tasks": [gate, ingest]}) == []
    after = {**JOB, "tasks": [gate, {**ingest, "max_retries": 3}, {"task_key": "gold", "pipeline_task": {}}]}
    assert lines(JOB, after) == [
        "jobs.daily  tasks[gold]  (none) → new",
        "jobs.daily  tasks[ingest].max_retries  1 → 3",
    ]


def test_what_is_new_or_gone_is_one_line_and_a_field_of_several_values_shows_those_that_differ() -> None:
    assert lines(None, JOB) == ["jobs.daily  (all)  (none) → new"]
    assert lines(JOB, None) == ["jobs.daily  (all)  there → (none)"]
    after = {**JOB, "tags": {}, "email_notifications": {"on_failure": ["a@example.org", "c@example.org"]}}
    assert lines(JOB, after) == [
        "jobs.daily  email_notifications.on_failure  b@example.org → c@example.org",
        "jobs.daily  tags.team  sales → (none)",
    ]


@pytest.mark.parametrize(
    ("field", "before", "after", "shown"),
    [
        ("api_token", "abc", "abd", "*** → *** (another)"),
        ("clientSecret", "abc", "abd", "*** → *** (another)"),
        ("secret_key", "abc", "abd", "*** → *** (another)"),
        ("awsSecretKey", "abc", "abd", "*** → *** (another)"),
        ("password_prod", "abc", "abd", "*** → *** (another)"),
        ("primary_key", "order_id", "id", "order_id → id"),
        ("secret_scope", "shop", "mall", "shop → mall"),
        ("spark.password", "abc", None, "*** → (none)"),
        ("password", "{{secrets/shop/old}}", "{{secrets/shop/new}}", "{{secrets/shop/old}} → {{secrets/shop/new}}"),
        ("source", "x", "dapi0123456789abcdef0123", "x → ***"),
        ("source", "jdbc:postgresql://ana:pw@db/shop", "jdbc:postgresql://ana:pv@db/mall",
         "jdbc:postgresql://***@db/shop → jdbc:postgresql://***@db/mall"),
        ("source", "a", "DefaultEndpointsProtocol=https;AccountKey=abc==;", "a → DefaultEndpointsProtocol=https;***;"),
        ("jaas", "a", 'username="ana" password="p w";', 'a → username="ana" ***;'),
        ("token_count", "1", "2", "1 → 2"),
        ("passenger", "a", "b", "a → b"),
    ],
)  # fmt: skip
def test_values_that_look_secret_are_not_shown(field: str, before: str, after: str | None, shown: str) -> None:
    told = {"configuration": {field: before}}, {"configuration": {field: after} if after else {}}
    assert lines(*told) == [f"jobs.daily  configuration.{field}  {shown}"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bundle = DATABRICKS.replace("targets:\n  dev:\n    default: true\n", TARGETS)
    return make_project(tmp_path_factory.mktemp("shop"), {"databricks.yml": bundle, "sql/bronze/orders.sql": ORDERS})


def told(shop: Path, tmp_path: Path, old: str, new: str) -> list[str]:
    """What the other targets of `shop` have of a change of its databricks.yml, seen from dev."""
    text = (shop / "databricks.yml").read_text()
    assert old in text
    root = tmp_path / "now"
    shutil.copytree(shop, root)
    write_files(root, {"databricks.yml": text.replace(old, new)})
    before, after = load_bundle(shop), load_bundle(root)
    changes, unread = other_targets(before, after, resource_changes(before.resources, after.resources))
    return [*map(resource_line, changes), *unread]


def test_what_only_another_target_overrides_is_told_for_it(shop: Path, tmp_path: Path) -> None:
    assert told(shop, tmp_path, "CURRENT", "PREVIEW") == ["prod: pipelines.marts  channel  CURRENT → PREVIEW"]


def test_a_variable_of_another_target_is_told_with_all_it_alters(shop: Path, tmp_path: Path) -> None:
    found = told(shop, tmp_path, "catalog: shop}", "catalog: mall}")
    assert "prod: variables.catalog  value  shop → mall" in found
    assert "prod: pipelines.marts  catalog  shop → mall" in found
    assert all(line.startswith("prod: ") for line in found)


def test_a_change_of_all_targets_is_told_once(shop: Path, tmp_path: Path) -> None:
    assert told(shop, tmp_path, "name: shop marts", "name: shop figures") == []


def test_a_new_target_is_told(shop: Path, tmp_path: Path) -> None:
    assert told(shop, tmp_path, "  prod:\n", "  qa: {}\n  prod:\n") == ["targets.qa  (all)  (none) → new"]


def test_a_target_that_cannot_be_read_is_unknown(shop: Path, tmp_path: Path) -> None:
    (line,) = told(shop, tmp_path, "{catalog: shop}", "{catalog: shop, nope: 1}")
    assert line == "resources of target prod: MED106 The target sets variable nope, which is not declared."
