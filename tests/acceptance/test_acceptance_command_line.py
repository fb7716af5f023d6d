"""The command as its user types it: exit codes, places, and nothing written when the input is bad."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from medallion_toolkit.scaffold.project import create_project


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    create_project(tmp_path, {"project_name": "shop"})
    return tmp_path / "shop"


def medallion(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "medallion_toolkit", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)


def change(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


BROKEN = [
    ("contracts/silver/orders.yml", "\nowner:", "\nowners:", "owner", 1),
    ("contracts/silver/orders.yml", "[not_null]", "[not_nul]", "not_null", 1),
    ("contracts/silver/orders.yml", "from: orders_conformed", "from: orders_confirmed", "orders_conformed", 1),
    ("contracts/silver/orders.yml", "order_amount:  {", "order_amont:  {", "order_amount", 1),
    ("sql/bronze/orders.sql", "${bronze}.orders", "${bronz}.orders", "bronze", 1),
    ("sql/gold/fact_orders.sql", "${silver}.orders", "${silver}.order", "silver.orders", 1),
    (
        "sql/gold/fact_orders.sql",
        "CREATE OR REFRESH MATERIALIZED VIEW",
        "CREATE OR REFRESH MATERIALISED VIEW",
        "MED",
        1,
    ),
    ("databricks.yml", "${var.catalog}", "${var.katalog}", "catalog", 1),
    (
        "resources/ingest.pipeline.yml",
        "${resources.schemas.silver.name}",
        "${resources.schemas.silber.name}",
        "silver",
        1,
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected", "code"), BROKEN)
def test_a_broken_file_is_told_with_its_place_and_what_was_meant(
    shop: Path, file: str, old: str, new: str, expected: str, code: int
) -> None:
    if old not in (shop / file).read_text(encoding="utf-8"):
        file = "resources/ingest.pipeline.yml"
    change(shop, file, old, new)
    result = medallion(shop, "run", "--validate-only")
    assert (result.returncode, result.stdout) == (code, "")
    assert f"{file}:" in result.stderr
    assert expected in result.stderr
    assert "Traceback" not in result.stderr
    assert not (shop / ".medallion" / "tables").exists()


def test_a_contract_without_its_view_and_a_view_without_its_contract(shop: Path) -> None:
    (shop / "contracts/silver/orders.yml").rename(shop / "contracts/silver/orders.off")
    result = medallion(shop, "run", "--validate-only")
    assert result.returncode == 1
    assert "sql/silver/orders_conformed.sql" in result.stderr
    assert "contracts/silver/orders.yml" in result.stderr


def test_errors_as_json_have_a_place(shop: Path) -> None:
    change(shop, "contracts/silver/orders.yml", "[not_null]", "[not_nul]")
    result = medallion(shop, "run", "--validate-only", "--json")
    (error,) = json.loads(result.stdout)["errors"]
    assert error["path"] == "contracts/silver/orders.yml"
    assert error["line"] > 1


def test_a_good_project_is_valid_and_described_without_spark(shop: Path) -> None:
    assert "all good" in medallion(shop, "run", "--validate-only").stdout
    described = json.loads(medallion(shop, "describe", "silver.orders", "--json").stdout)
    assert described["made_by"] == "contracts/silver/orders.yml"
    assert described["source"] == "sql/silver/orders_conformed.sql"
    assert described["reads"] == ["bronze.orders"]
    assert "gold.fact_orders" in described["feeds"]
    assert described["tests"] == "tests/silver/orders.yml"
    assert not (shop / ".medallion" / "spark").exists()


def test_an_unknown_dataset_is_a_usage_error(shop: Path) -> None:
    result = medallion(shop, "describe", "silver.ordes")
    assert (result.returncode, "did you mean silver.orders?" in result.stderr) == (2, True)
