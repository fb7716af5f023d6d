"""Parts of drift that need no workspace: patterns, rendered fields, places in YAML, what a plan says."""

from __future__ import annotations

from pathlib import Path

import pytest

from medallion_toolkit.deployment.drift.adopting import is_inside
from medallion_toolkit.deployment.drift.declared_tables import plain_type
from medallion_toolkit.deployment.drift.ignoring import ignored, ignored_patterns
from medallion_toolkit.deployment.drift.model import Drifted, DriftReport
from medallion_toolkit.deployment.drift.rendered import fields_of, without_places
from medallion_toolkit.deployment.drift.resources import planned_drift
from medallion_toolkit.deployment.drift.telling import as_markdown, as_text
from medallion_toolkit.deployment.drift.yaml_fields import find_field, replaced
from medallion_toolkit.errors import ConfigError

BUNDLE = """\
include: [resources/*.yml]   # what else there is
targets:
  prod:
    resources:
      jobs: {daily: {timeout_seconds: 60}}
"""
JOB = """\
resources:
  jobs:
    daily:
      name: 'it''s daily'     # as people know it
      timeout_seconds: 14400
      enabled: true
      description: |
        two
        lines
      tasks:
        - {task_key: one, max_retries: 1}
        - task_key: "two words"
          max_retries: 2
          tags: {a.b: x, flow: [1, 2]}
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "databricks.yml").write_text(BUNDLE)
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources/daily.job.yml").write_text(JOB)
    return tmp_path


@pytest.mark.parametrize(
    ("field", "value", "old", "new"),
    [
        ("name", "that's it", "'it''s daily'", "'that''s it'"),
        ("enabled", False, "enabled: true", "enabled: false"),
        ("tasks[task_key='two words'].max_retries", 5, "max_retries: 2", "max_retries: 5"),
        ("tasks[task_key='one'].max_retries", 7, "{task_key: one, max_retries: 1}", "{task_key: one, max_retries: 7}"),
        ("tasks[task_key='two words'].tags['a.b']", "y, z", "a.b: x", 'a.b: "y, z"'),
        ("tasks[task_key='two words'].tags['a.b']", "true", "a.b: x", 'a.b: "true"'),
        ("tasks[1].tags.flow[1]", 9, "[1, 2]", "[1, 9]"),
    ],
)
def test_a_field_is_changed_where_it_stands_and_nothing_else_is(
    bundle: Path, field: str, value: object, old: str, new: str
) -> None:
    path = f"resources.jobs.daily.{field}"
    found = find_field(bundle, "dev", path)
    assert found is not None
    text = replaced(JOB, found, value)
    assert text == JOB.replace(old, new, 1)
    found.file.write_text(text)
    again = find_field(bundle, "dev", path)
    assert again is not None
    assert again.value == value


def test_a_target_states_a_field_before_the_resource_does_and_some_fields_stand_nowhere(bundle: Path) -> None:
    path = "resources.jobs.daily.timeout_seconds"
    files = [found.file.name for target in ("dev", "prod") if (found := find_field(bundle, target, path))]
    assert files == ["daily.job.yml", "databricks.yml"]
    for missing in ("description", "tasks", "tasks[9].max_retries", "tasks[task_key='x'].max_retries", "name.first"):
        assert find_field(bundle, "dev", f"resources.jobs.daily.{missing}") is None


def test_patterns_cover_places_and_brackets_mean_themselves(tmp_path: Path) -> None:
    found = [
        Drifted("resource", "resources.jobs.a.tasks[task_key='x'].max_retries", 1, 2, "deploy"),
        Drifted("table", "tables.silver.orders.comment", "a", "b", "start"),
    ]
    assert ignored(found, ["resources.*.tasks[task_key='x'].*"]) == (found[0],)
    assert ignored(found, ["tables.silver.orders"]) == ()
    assert ignored_patterns(tmp_path) == ()
    (tmp_path / "pyproject.toml").write_text("[tool.medallion.drift]\nignore = [1]\n")
    with pytest.raises(ConfigError, match="MED751"):
        ignored_patterns(tmp_path)


def test_rendered_fields_have_names_instead_of_folders_people_and_places_in_lists() -> None:
    bundle = {
        "workspace": {
            "root_path": "/W/ada@x.org/shop",
            "file_path": "/W/ada@x.org/shop/files",
            "current_user": {"userName": "ada@x.org"},
        },
        "resources": {
            "jobs": {
                "daily": {
                    "run_as": "ada@x.org",
                    "tasks": [{"task_key": "b", "file": "/W/ada@x.org/shop/files/b.sql"}, {"task_key": "a"}],
                    "emails": ["one", "two"],
                    "tags": {},
                }
            }
        },
    }
    assert fields_of(without_places(bundle)) == {
        "resources.jobs.daily.run_as": "${workspace.current_user.userName}",
        "resources.jobs.daily.tasks[task_key='b'].task_key": "b",
        "resources.jobs.daily.tasks[task_key='b'].file": "${workspace.file_path}/b.sql",
        "resources.jobs.daily.tasks[task_key='a'].task_key": "a",
        "resources.jobs.daily.emails[0]": "one",
        "resources.jobs.daily.emails[1]": "two",
    }


def test_a_plan_of_unchanged_code_tells_drift() -> None:
    plan = {
        "plan": {
            "resources.jobs.a": {
                "action": "update",
                "changes": {
                    "x": {"action": "update", "new": 1, "remote": 2},
                    "[user_name='u'].level": {"action": "update", "new": "CAN_RUN"},
                    "run_if": {"action": "skip", "remote": "ALL_SUCCESS"},
                },
            },
            "resources.jobs.b": {"action": "delete"},
            "resources.jobs.c": {"action": "create", "changes": None},
            "resources.jobs.d": {"action": "skip"},
            "resources.jobs.e": {"action": "recreate"},
        }
    }
    assert [(one.where, one.expected, one.found) for one in planned_drift(plan, "dev")] == [
        ("resources.jobs.a[user_name='u'].level", "CAN_RUN", None),
        ("resources.jobs.a.x", 1, 2),
        ("resources.jobs.b", None, "deployed, and no part of the code"),
        ("resources.jobs.c", "deployed", "deleted"),
        ("resources.jobs.e", "as deployed", "needs recreate"),
    ]


def test_text_and_markdown_say_where_expected_found_and_next() -> None:
    one = Drifted("table", "tables.silver.orders.comment", "a | b", None, "medallion start -t dev ingest")
    report = DriftReport("workspace · target dev", (one,), (), ("2 tables are not there yet",))
    assert as_text(report).splitlines() == [
        "workspace · target dev",
        "1 differs: 1 table",
        "tables.silver.orders.comment",
        "    expected a | b · found nothing",
        "    $ medallion start -t dev ingest",
        "note: 2 tables are not there yet",
    ]
    assert "| `tables.silver.orders.comment` | `a \\| b` | `nothing` |" in as_markdown(report)
    assert as_markdown(DriftReport("x", ())).startswith("### ✅ no drift")


def test_types_have_one_spelling_and_paths_stay_inside(tmp_path: Path) -> None:
    assert plain_type("DECIMAL(12, 2)") == plain_type("decimal(12,2)")
    assert plain_type("array<INTEGER>") == plain_type("ARRAY<INT>")
    assert plain_type("int") != plain_type("bigint")
    project = tmp_path / "project"
    project.mkdir()
    (project / "link").symlink_to(tmp_path)
    inside = [path for path in ("a/b.sql", "../b.sql", "a/../../b.sql", "link/b.sql") if is_inside(project, path)]
    assert inside == ["a/b.sql"]
