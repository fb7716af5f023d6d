"""`medallion parse` lists what Python files declare, with the rules of the project's own helper package."""

from __future__ import annotations

from pathlib import Path

import pytest

from medallion_toolkit.generate.rendering import render
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.graph.python_survey import survey_python
from medallion_toolkit.scaffold.project import create_project
from medallion_toolkit.sql.survey import survey


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    create_project(tmp_path, {"project_name": "shop"})
    return tmp_path / "shop"


def conditions(project: Path) -> dict[str, str]:
    (file,) = survey_python([project / "python"])
    checked = next(one for one in file.statements if one.name and one.name.endswith("silver.orders_checked"))
    return {rule.name: rule.condition for rule in checked.expectations}


def test_the_tables_of_contracts_are_listed_with_inputs_and_rules(shop: Path) -> None:
    (file,) = survey_python([shop])
    by_name = {str(one.name).rsplit(".", 1)[-1]: one for one in file.statements}
    assert {"orders", "orders_checked", "orders_quarantine", "orders_valid"} <= set(by_name)
    inputs = [relation.name.rpartition(".")[2] for relation in by_name["orders_checked"].inputs]
    assert inputs == ["orders_conformed", "orders_replay"]
    assert "order_amount_in_range" in conditions(shop)
    assert by_name["orders"].cdc is not None


def test_an_edited_rule_of_the_projects_own_package_changes_parse_render_and_graph(shop: Path) -> None:
    before = conditions(shop)["order_amount_in_range"]
    rule = shop / "medallion" / "rules" / "value_range.py"
    rule.write_text(rule.read_text(encoding="utf-8").replace('"min", ">="', '"min", ">= 7 +"'), encoding="utf-8")
    after = conditions(shop)["order_amount_in_range"]
    assert (">= 0" in before, ">= 7 + 0" in after) == (True, True)
    project = load_project(shop)
    node = next(node for key, node in project.graph.nodes.items() if key.endswith("silver.orders_checked"))
    assert after in {rule.condition for rule in node.dataset.expectations}
    assert ">= 7 + 0" in render(shop, "silver.orders").sql


def test_every_sql_file_of_a_new_project_is_read_without_errors(shop: Path) -> None:
    assert survey([shop]).errors == ()
