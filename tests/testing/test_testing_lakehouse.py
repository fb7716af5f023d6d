"""The fixture `lakehouse` in a project that somebody made, and nothing but pytest to start it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from medallion_toolkit.scaffold.project import create_project

TESTS = """
import pytest
from medallion_toolkit.errors import MedallionError


def test_given_rows_stand_for_what_makes_them(lakehouse):
    lakehouse.given("silver.currencies", [{"currency_code": "EUR", "euro_rate": 1}])
    lakehouse.given("silver.customers", [])
    order = {"order_id": "O-2", "order_amount": 8, "currency_code": "EUR", "ordered_at": "2026-01-01"}
    lakehouse.given("silver.orders", [order])
    lakehouse.run("gold.fact_orders")
    assert [(row["order_id"], row["order_amount_eur"]) for row in lakehouse.read("gold.fact_orders")] == [("O-2", 8)]
    with pytest.raises(MedallionError, match="MED413"):
        lakehouse.read("gold.daily_sales")


def test_what_is_fed_must_be_readable(lakehouse):
    with pytest.raises(MedallionError, match="landings/x does not begin with a volume"):
        lakehouse.feed("landings/x", "")
    lakehouse.feed("landing/notes/a.csv", [{"a": 1}, {"a": 2}])
    with pytest.raises(MedallionError, match="has been fed before"):
        lakehouse.feed("landing/notes/a.csv", "")
"""


@pytest.mark.spark
def test_the_fixture_and_the_example_of_the_page_work_in_a_new_project(tmp_path: Path, repository: Path) -> None:
    create_project(tmp_path, {"project_name": "shop"})
    project = tmp_path / "shop"
    page = (repository / "docs" / "testing.md").read_text("utf-8")
    (project / "tests" / "test_orders.py").write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    (project / "tests" / "test_more.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "medallion_toolkit.testing.plugin", "-p", "no:cacheprovider"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(repository / "src"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1].split(" in ")[0]) == (0, "3 passed"), done.stdout


def test_pytest_finds_the_plugin(repository: Path) -> None:
    import tomllib

    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"medallion": "medallion_toolkit.testing.plugin"}
