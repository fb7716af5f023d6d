"""Decorated functions on the local engine: examples/decorated over two days, and the specification's example."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from decorated_projects import PACKAGE, TRANSFORM_CUSTOMERS
from engine.local_project import Heard, LocalProject
from long_samples import SPECIFIED

from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.scaffold.project import create_project

pytestmark = pytest.mark.spark

CUSTOMER = {
    "customer_id": "C1", "name": "Ada", "address": "Mill Lane 1", "email": "ada@example.org", "phone": "+441214960123",
    "customer_type": "retail", "start_date": "2026-01-01", "end_date": "2027-01-01", "age": "41",
    "purchase_amount": "120.5", "effective_date": "2026-01-01",
}  # fmt: skip
BRONZE_CUSTOMERS = f"""
CREATE OR REFRESH MATERIALIZED VIEW bronze_customers
AS SELECT * FROM read_files('${{landing}}/customers', format => 'json',
    schema => '{", ".join(f"{name} STRING" for name in CUSTOMER)}');
"""


class Parcels:
    """An empty project of the template with examples/decorated laid over it."""

    def __init__(self, repository: Path, parent: Path, source: SessionOnDemand) -> None:
        create_project(parent, {"project_name": "parcels", "sample_data": "no"})
        self.folder, self.source = parent / "parcels", source
        shutil.copytree(repository / "examples" / "decorated", self.folder, dirs_exist_ok=True)

    def run(self, day: str) -> dict[str, int]:
        """Deliver a day and run: the rows each table wrote."""
        shutil.copytree(self.folder / "deliveries" / day, self.folder / "fixtures" / "landing", dirs_exist_ok=True)
        result = run_project(self._opened(), RunOptions(), Heard())
        assert result.ok, [one.error for update in result.updates for one in update.datasets if one.error]
        made = [one for update in result.updates for one in update.datasets]
        return {one.key.partition(".")[2].removeprefix("dev_local_"): one.counts.written for one in made}

    def rows(self, name: str, *columns: str) -> list[tuple[object, ...]]:
        found = read_rows(self._opened(), name, 1_000)
        return sorted((tuple(row[column] for column in columns) for row in found.values), key=str)

    def _opened(self) -> LocalRun:
        return LocalRun.open(self.folder, None, self.source)


def reasons(rows: list[tuple[object, ...]]) -> list[tuple[object, list[str]]]:
    return [(name, [one["rule"] for one in errors]) for name, errors in rows if isinstance(errors, list)]


def test_the_example_over_two_days(repository: Path, tmp_path: Path, session_source: SessionOnDemand) -> None:
    parcels = Parcels(repository, tmp_path, session_source)
    assert parcels.run("monday") == {
        "bronze.scans": 4, "bronze.depots": 3, "silver.depots_checked": 3, "silver.depots_quarantine": 1,
        "silver.depots": 2, "silver.scans": 4, "silver.scans_quarantine": 3, "gold.scans_by_depot": 1,
    }  # fmt: skip
    assert reasons(parcels.rows("silver.scans_quarantine", "parcel_id", "_errors")) == [
        ("P2", ["weight_kg_typed"]), ("P3", ["depot_id_known", "status_is_known"]), (None, ["parcel_id_present"]),
    ]  # fmt: skip
    assert ("P2", "12,5") in parcels.rows("silver.scans_quarantine", "parcel_id", "weight_kg")
    assert parcels.run("tuesday") == {
        "bronze.scans": 2, "bronze.depots": 2, "silver.depots_checked": 2, "silver.depots_quarantine": 0,
        "silver.depots": 2, "silver.scans": 2, "silver.scans_quarantine": 1, "gold.scans_by_depot": 1,
    }  # fmt: skip
    scans = parcels.rows("silver.scans", "parcel_id", "status", "_errors")
    quarantined = [one for one in scans if one[2] is not None]
    assert (len(scans), len(quarantined)) == (6, len(parcels.rows("silver.scans_quarantine", "parcel_id")))
    versions = parcels.rows("silver.depots", "depot_id", "city", "__END_AT")
    assert [(depot, city, end is None) for depot, city, end in versions] == [
        ("D1", "Bremen", False), ("D1", "Bremerhaven", True), ("D2", "Lyon", True),
    ]  # fmt: skip
    assert parcels.rows("gold.scans_by_depot", "city", "scans", "delivered") == [("Bremerhaven", 2, 1)]


def test_the_specification_keeps_history_of_whole_batches(tmp_path: Path, session_source: SessionOnDemand) -> None:
    files = {
        "sql/bronze/bronze_customers.sql": BRONZE_CUSTOMERS,
        "python/customers.py": TRANSFORM_CUSTOMERS,
        "configs/customer_transform.yaml": SPECIFIED,
    }
    project = LocalProject(tmp_path, session_source, files)
    (tmp_path / "medallion").symlink_to(PACKAGE)
    other = {**CUSTOMER, "customer_id": "C2", "email": "grace@example.org"}
    deliver(tmp_path, CUSTOMER, other)
    assert {one.outcome for one in project.results().values()} == {"ok"}
    deliver(tmp_path, {**CUSTOMER, "address": "Mill Lane 2"}, {**other, "email": "nobody", "age": "140"})
    results = project.results()
    assert results["silver.silver_customers_history"].outcome == "failed"
    assert "their keys would look deleted" in str(results["silver.silver_customers_history"].error)
    assert reasons(project.rows("silver.silver_customers_quarantine", "customer_id", "_errors")) == [
        ("C2", ["valid_email"])
    ]
    assert project.rows("silver.silver_customers", "customer_id", "_tags") == [("C1", None), ("C2", ["age_usual"])]
    versions = "silver.silver_customers_history", "customer_id", "address", "__END_AT"
    assert project.rows(*versions) == [("C1", "Mill Lane 1", None), ("C2", "Mill Lane 1", None)]
    deliver(tmp_path, {**CUSTOMER, "address": "Mill Lane 2"}, other)
    assert {one.outcome for one in project.results().values()} == {"ok"}
    assert [(key, address, end is None) for key, address, end in project.rows(*versions)] == [
        ("C1", "Mill Lane 1", False), ("C1", "Mill Lane 2", True), ("C2", "Mill Lane 1", True),
    ]  # fmt: skip


def deliver(root: Path, *customers: dict[str, str]) -> None:
    """Every customer as they are now, in place of the file before."""
    file = root / "landing" / "customers" / "all.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(one) + "\n" for one in customers), encoding="utf-8")
