"""Queries through a SQL warehouse, and `medallion check -t` over them: what the fake workspace is asked and answers."""

from __future__ import annotations

import http.client
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import DATABRICKS, make_project

from medallion_toolkit.checking.running import Question, check_target
from medallion_toolkit.deployment.warehouse import Warehouse, open_warehouse
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.project.bundle import load_bundle
from medallion_toolkit.scaffold.project import find_template

STARTER = "57a87e0ab1c2d3e4"
LOOKUP = "variables:\n  warehouse_id: {lookup: {warehouse: Serverless Starter Warehouse}}"
CONTRACT = """table: silver.orders
from: orders_conformed
keys: [order_id]
columns:
  order_id: {type: string}
  amount: {type: "decimal(12,2)", rules: [range: {min: 0}]}
carry: [_row_id]
limits: {quarantined: 10 %}
"""
FILES = {
    "databricks.yml": DATABRICKS.replace("variables:", LOOKUP, 1),
    "sql/bronze/orders.sql": "CREATE OR REFRESH STREAMING TABLE ${bronze}.orders\n"
    "AS SELECT *, uuid() AS _row_id FROM STREAM read_files('${landing}/orders', format => 'json',\n"
    "    schema => 'order_id STRING, amount STRING');\n",
    "sql/silver/orders_conformed.sql": "CREATE TEMPORARY VIEW orders_conformed\n"
    "AS SELECT order_id, amount, _row_id FROM STREAM(${bronze}.orders);\n",
    "contracts/silver/orders.yml": CONTRACT,
    "python/contracts.py": 'from medallion import declare_tables\n\ndeclare_tables("silver")\n',
}
COLUMNS = [
    ["order_id", "string"],
    ["amount", "decimal(12,2)"],
    ["_row_id", "string"],
    ["_source", "struct<amount:string>"],
    ["_errors", "array<struct<rule:string>>"],
]


Answer = Callable[..., None]


@pytest.fixture
def answer(workspace: str) -> Answer:
    """Tell the workspace what to answer statements that match a pattern."""

    def tell(match: str, columns: list[str] | None = None, rows: list[list[str]] | None = None, **more: object) -> None:
        host = os.environ["DATABRICKS_HOST"].removeprefix("http://")
        body = {"match": match, "columns": columns or [], "rows": rows or [], **more}
        connection = http.client.HTTPConnection(host, timeout=10)
        headers = {"Authorization": f"Bearer dbapi0{workspace}", "Content-Type": "application/json"}
        connection.request("POST", "/__fake/statements", json.dumps(body), headers)
        assert connection.getresponse().status == 200
        connection.close()

    return tell


@pytest.fixture
def warehouse(workspace: str) -> Warehouse:
    from databricks.sdk import WorkspaceClient

    assert workspace
    return Warehouse(WorkspaceClient(), STARTER, sleep=lambda _seconds: None)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small project with the helper modules and a warehouse."""
    root = make_project(tmp_path / "small", FILES)
    helpers = find_template() / "template" / "{{.project_name}}" / "medallion"
    shutil.copytree(helpers, root / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
    return root


def refusal(ask: Callable[[], object]) -> MedallionError:
    with pytest.raises(MedallionError) as caught:
        ask()
    return caught.value


def test_rows_come_back_as_text_by_column(warehouse: Warehouse, answer: Answer) -> None:
    answer("FROM numbers", ["n", "name"], [["1", "one"], ["2", "two"]], polls=2)
    assert warehouse.rows("SELECT n, name FROM numbers") == [{"n": "1", "name": "one"}, {"n": "2", "name": "two"}]


def test_what_would_write_never_reaches_the_workspace(warehouse: Warehouse) -> None:
    assert refusal(lambda: warehouse.rows("DELETE FROM silver.orders")).code == "MED452"
    assert refusal(lambda: warehouse.rows("SELECT 1; DROP TABLE silver.orders")).code == "MED453"


def test_a_failed_statement_says_why(warehouse: Warehouse, answer: Answer) -> None:
    answer("FROM nowhere", error="TABLE_OR_VIEW_NOT_FOUND")
    error = refusal(lambda: warehouse.rows("SELECT * FROM nowhere"))
    assert (error.code, error.exit_code) == ("MED703", 3)
    assert "TABLE_OR_VIEW_NOT_FOUND" in str(error.found)


def test_the_warehouse_is_found_by_the_name_of_the_bundle(warehouse: Warehouse, shop: Path) -> None:
    assert open_warehouse(warehouse.client, load_bundle(shop)).id == STARTER
    named = (shop / "databricks.yml").read_text("utf-8")
    (shop / "databricks.yml").write_text(named.replace("Starter", "Other"), encoding="utf-8")
    error = refusal(lambda: open_warehouse(warehouse.client, load_bundle(shop)))
    assert (error.code, error.found) == ("MED651", "Serverless Other Warehouse")
    (shop / "databricks.yml").write_text(DATABRICKS, encoding="utf-8")
    assert refusal(lambda: open_warehouse(warehouse.client, load_bundle(shop))).code == "MED651"


def test_a_target_is_asked_the_same_questions(shop: Path, answer: Answer) -> None:
    failed = json.dumps([2, 0, 120])
    answer(
        "information_schema.columns WHERE table_schema = 'silver' AND table_name = 'orders_checked'",
        ["column_name", "full_data_type"],
        COLUMNS,
    )
    answer(
        "row_number.*FROM `shop`.`silver`.`orders_checked`",
        ["rule", "key", "value", "is_new"],
        [["2", "O-7", "-1", "false"], ["0", "", "NULL", "false"]],
    )
    answer(
        "inline.*count_if.*FROM `shop`.`silver`.`orders_checked`",
        ["side", "rows", "quarantined", "failed"],
        [["now", "1000", "121", failed]],
    )
    result = check_target(shop, "dev", Question("silver.orders"))
    (effect,) = result.tables
    assert (result.place, effect.rows, effect.base) == ("dev", 1000, None)
    assert {rule.rule: rule.now for rule in effect.rules} == {
        "order_id_present": 2,
        "amount_typed": 0,
        "amount_in_range": 120,
    }
    assert "12.1 %   limit 10 %   MISSED" in result.as_text()
    assert "120 fail   ('-1' O-7, …)" in result.as_text()


def test_a_table_that_the_target_does_not_have_is_told(shop: Path, workspace: str) -> None:
    assert workspace
    assert refusal(lambda: check_target(shop, "dev", Question("silver.orders"))).code == "MED413"
