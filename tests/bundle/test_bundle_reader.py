"""The toolkit reads a bundle as the pinned CLI does: every value it resolves is the CLI's."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from pathlib import Path

import pytest
from bundle_projects import COMBINATIONS, DEFAULTS, OTHERS, TARGETS, label
from bundle_workspace import SERVICE_PRINCIPAL, STARTER_WAREHOUSE_ID

from medallion_toolkit.project.bundle import load_bundle

pytestmark = pytest.mark.cli

TESTER = "tester@databricks.com"
RESOURCE_REFERENCE = re.compile(r"\$\{resources\.(\w+)\.(\w+)\.(\w+)\}")
PATH_KEYS = ("root_path", "include", "path", "notebook_path")

FEATURES = {
    "databricks.yml": """
bundle: {name: features}
include: [more/*.yml, nothing/*.yml]
variables:
  catalog: {default: main}
  layers: {type: complex, default: {first: raw, list: [{name: a}, {name: "${var.catalog}_b"}]}}
  text: {default: "${var.layers.list[1].name}/${bundle.target}/${workspace.current_user.short_name}"}
  flag: {default: true}
  word: {default: yes}
  number: {default: 12}
  home: {default: "${workspace.root_path}"}
resources:
  schemas:
    bronze: {catalog_name: "${var.catalog}", name: "${var.layers.first}"}
    silver: {catalog_name: "${var.catalog}", name: silver}
  volumes:
    landing: {catalog_name: "${var.catalog}", schema_name: raw, name: landing}
targets:
  dev: {mode: development, default: true}
  plain: {}
  named:
    presets: {name_prefix: "${bundle.name} X-1 "}
    variables: {catalog: other, layers: {default: {first: landed, list: [1, {name: z}]}}}
    resources:
      pipelines: {p: {configuration: {extra: "${var.text}"}, libraries: [{file: {path: sql/b.sql}}]}}
      jobs: {j: {tasks: [{task_key: one, max_retries: 4}, {task_key: three, depends_on: [{task_key: one}]}]}}
""",
    "more/pipeline.yml": """
x-common: &common {flag: "${var.flag}", word: "${var.word}", number: "${var.number}", text: "${var.text}"}
resources:
  pipelines:
    p:
      name: p ${var.number}
      catalog: ${var.catalog}
      schema: silver
      serverless: true
      root_path: ..
      configuration:
        <<: *common
        landing: ${resources.volumes.landing.volume_path}/in
        home: ${var.home}
        untouched: "${bronze} {{x}}"
      libraries:
        - glob: {include: ../sql/**}
        - file: {path: ../sql/a.sql}
""",
    "more/job.yml": """
resources:
  jobs:
    j:
      name: j
      parameters: [{name: day, default: "${var.text}"}]
      tasks:
        - task_key: one
          max_retries: 1
          pipeline_task: {pipeline_id: "${resources.pipelines.p.id}"}
        - task_key: two
          depends_on: [{task_key: one}]
          sql_task:
            warehouse_id: w
            file: {path: ../sql/a.sql}
            parameters: {schema: "${resources.schemas.bronze.name}"}
        - task_key: three
          pipeline_task: {pipeline_id: "${resources.pipelines.p.id}"}
""",
    "sql/a.sql": "SELECT 1;\n",
    "sql/b.sql": "SELECT 2;\n",
}


def validated(workspace, project: Path, target: str, by_principal: bool):
    """What the CLI resolves, its own references between resources filled in from its own values."""
    command = ("bundle", "validate", "-o", "json", "-t", target)
    result = workspace.succeed(*command, cwd=project, as_service_principal=by_principal).json()
    resources = result["resources"]

    def fill(match: re.Match[str]) -> str:
        kind, key, field = match.groups()
        return str(resources[kind][key].get(field, match[0]))

    text = json.dumps(resources)
    for _ in range(3):
        text = RESOURCE_REFERENCE.sub(fill, text)
    return {**result, "resources": json.loads(text)}


def differences(ours: object, theirs: object, file_path: str, at: str = "") -> list[str]:
    """Where a value of ours is not the CLI's."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [
            line
            for key, value in ours.items()
            for line in differences(value, theirs.get(key), file_path, f"{at}.{key}")
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        if at.endswith(".tasks"):  # the CLI prints them by key
            ours, theirs = (sorted(tasks, key=lambda task: task["task_key"]) for tasks in (ours, theirs))
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [line for i, (a, b) in pairs for line in differences(a, b, file_path, f"{at}[{i}]")]
    expected = [ours, str(ours).lower() if isinstance(ours, bool) else str(ours)]
    if at.rpartition(".")[2] in PATH_KEYS:
        expected = [posixpath.normpath(posixpath.join(file_path, str(ours)))]
    if str(ours).startswith("${lookup.warehouse."):
        expected = [STARTER_WAREHOUSE_ID]
    is_left_out = theirs is None and ours in (False, "", None)
    return [] if is_left_out or theirs in expected else [f"{at}: {ours!r} is {theirs!r} for the CLI"]


def compare(workspace, project: Path, target: str, by_principal: bool = False) -> None:
    user = SERVICE_PRINCIPAL if by_principal else TESTER
    theirs = validated(workspace, project, target, by_principal)

    bundle = load_bundle(project, target, user_name=user, short_name=user.partition("@")[0])

    file_path = theirs["workspace"]["file_path"]
    ours = {kind: dict(group) for kind, group in bundle.resources.items()}
    assert differences(ours, theirs["resources"], file_path) == []
    values = {key: variable.get("value") for key, variable in theirs.get("variables", {}).items()}
    assert differences(dict(bundle.variables), values, file_path) == []
    assert (bundle.workspace["file_path"], bundle.mode) == (file_path, theirs["bundle"].get("mode"))
    assert {kind: set(group) for kind, group in ours.items()} == {
        kind: set(group) for kind, group in theirs["resources"].items()
    }


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("answers", [DEFAULTS, OTHERS | {"warehouse_name": DEFAULTS["warehouse_name"]}], ids=label)
def test_a_generated_project_is_read_as_the_cli_reads_it(answers, target, initialised, workspace, tmp_path):
    project = shutil.copytree(initialised(label(answers)), tmp_path / "project")

    compare(workspace, project, target, by_principal=bool(answers["service_principal"]) and target != "dev")


@pytest.mark.parametrize("target", ["dev", "plain", "named"])
def test_a_bundle_with_every_feature_is_read_as_the_cli_reads_it(target, workspace, tmp_path):
    for name, text in FEATURES.items():
        path = tmp_path / "features" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    compare(workspace, tmp_path / "features", target)


def test_the_combinations_compared_are_combinations_of_the_template():
    assert label(DEFAULTS) in COMBINATIONS
    assert label(OTHERS | {"warehouse_name": DEFAULTS["warehouse_name"]}) in COMBINATIONS
