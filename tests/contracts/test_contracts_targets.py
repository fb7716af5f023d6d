"""Everything that reads a project sees the contracts of the target it was asked for."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.graph.contracts import load_contracts
from medallion_toolkit.project.bundle import load_bundle

CONTRACT = """
table: silver.lines
from: lines_conformed
columns:
  line_id: {type: string}
  price: {type: double, rules: [range: {min: 0}]}
limits: {quarantined: 5 %}
targets:
  dev: {limits: {quarantined: 50 %}, rules: {price_in_range: {on_fail: warn, severity: minor}}}
"""
BUNDLE = """
bundle: {name: shop}
variables: {catalog: {default: main}}
targets: {dev: {default: true}, prod: {mode: production}}
resources:
  schemas: {silver: {name: silver, catalog_name: main}}
  pipelines:
    ingest: {name: ingest, catalog: main, schema: silver, configuration: {silver: silver CONFIGURED}}
"""


@pytest.fixture
def project(write) -> Path:
    root = write(silver__lines=CONTRACT)
    (root / "databricks.yml").write_text(
        BUNDLE.replace(" CONFIGURED", ", target: '${bundle.target}'"), encoding="utf-8"
    )
    return root


@pytest.mark.parametrize(("target", "percent", "on_fail"), [("dev", 50, "warn"), ("prod", 5, "quarantine")])
def test_the_graph_reads_the_contracts_of_its_target(project: Path, target: str, percent: int, on_fail: str) -> None:
    contracts = load_contracts(load_bundle(project, target))
    assert contracts.errors == ()
    [contract] = contracts.by_table.values()
    assert contract.limits.quarantined_percent == percent
    assert {rule.name: rule.on_fail for rule in contract.rules}["price_in_range"] == on_fail


def test_overlays_of_a_project_whose_pipelines_name_no_target_are_an_error(project: Path) -> None:
    (project / "databricks.yml").write_text(BUNDLE.replace(" CONFIGURED", ""), encoding="utf-8")
    contracts = load_contracts(load_bundle(project, "dev"))
    assert [error.code for error in contracts.errors] == ["MED346"]
    [contract] = contracts.by_table.values()
    assert contract.limits.quarantined_percent == 5


def test_show_says_where_each_value_came_from(project: Path) -> None:
    (project / "contracts/defaults.yml").write_text("owner: platform\n", encoding="utf-8")
    arguments = ["contract", "show", "lines", "--project", str(project), "--vars", "dev"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0
    lines = [" ".join(line.split()) for line in shown.output.splitlines()]
    assert lines[0] == "silver.lines · local · target dev"
    assert "owner platform contracts/defaults.yml:1:8" in lines
    assert "limits.quarantined 50 % contracts/silver/lines.yml:9:31" in lines
    assert "columns.price.rules.range.min 0 contracts/silver/lines.yml:6:46" in lines
    assert "columns.price.rules.range.on_fail warn contracts/silver/lines.yml:9:72" in lines
    assert "on_fail quarantine default" in lines
    values = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)["values"]
    assert {"key": "owner", "value": "platform", "from": "contracts/defaults.yml:1:8"} in values


def test_show_for_an_unknown_target_or_contract_names_the_known(project: Path) -> None:
    wrong = CliRunner().invoke(app, ["contract", "show", "lines", "--project", str(project), "--vars", "prd", "--json"])
    [error] = json.loads(wrong.output)["errors"]
    assert (wrong.exit_code, error["code"], error["expected"]) == (1, "MED340", "dev, prod")
    unknown = CliRunner().invoke(app, ["contract", "show", "line", "--project", str(project), "--json"])
    [error] = json.loads(unknown.output)["errors"]
    assert (unknown.exit_code, error["code"], error["help"]) == (2, "MED320", "did you mean lines?")


def test_the_default_of_a_list_is_not_shown_where_one_is_stated(write) -> None:
    root = write(silver__lines=CONTRACT.replace("\nlimits:", "\ncarry: [_row_id]\nlimits:"))
    from medallion_toolkit.contracts.showing import show

    values = {one.key: (one.value, one.place) for one in show(root, "silver.lines").values}
    assert values["carry"] == ("[_row_id]", "contracts/silver/lines.yml:7:8")
    assert values["quarantine"] == ("split", None)


def test_a_wrong_contract_is_not_shown(write) -> None:
    from medallion_toolkit.contracts.showing import show

    root = write(silver__lines=CONTRACT.replace("min: 0", "min: zero"))
    with pytest.raises(MedallionError) as raised:
        show(root, "lines")
    assert raised.value.code == "MED308"


FILES = {
    "contracts/silver/lines.yml": "carry: [_row_id]" + CONTRACT.replace("on_fail: warn", "on_fail: fail"),
    "sql/raw.sql": "CREATE OR REFRESH STREAMING TABLE ${silver}.raw\n"
    "AS SELECT * FROM STREAM read_files('/data', format => 'json');\n",
    "sql/view.sql": "CREATE TEMPORARY VIEW lines_conformed\n"
    "AS SELECT id AS line_id, price, '' AS _row_id FROM STREAM(${silver}.raw);\n",
    "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
    "databricks.yml": BUNDLE.replace(" CONFIGURED", ", target: '${bundle.target}'").replace(
        "configuration: {",
        "root_path: ., libraries: [{glob: {include: sql/**}}, {glob: {include: python/**}}], "
        "configuration: {bronze: b, gold: g, ",
    ),
}


@pytest.mark.parametrize(("target", "action"), [("dev", "fail"), ("prod", "warn")])
def test_the_pipeline_declares_what_its_target_says(tmp_path: Path, repository: Path, target: str, action: str) -> None:
    from medallion_toolkit.graph.build import build_graph

    copytree(repository / "template" / "{{.project_name}}" / "medallion", tmp_path / "medallion")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    graph = build_graph(load_bundle(tmp_path, target))
    assert list(graph.errors) == []
    [checked] = [node for node in graph.nodes.values() if node.name.endswith("lines_checked")]
    assert {one.name: one.action for one in checked.dataset.expectations}["price_in_range"] == action
