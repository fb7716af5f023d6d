"""Snapshots under a contract: the published history of a real catalogue, refused deliveries, rows that fail."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cdc_feed import PLACE, TABLE
from local_project import LocalProject

from medallion import read_contract, render_files
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.snapshot_sources import Snapshot
from medallion_toolkit.engine.snapshots import apply_snapshot
from medallion_toolkit.engine.store import Store
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.engine.update import DatasetResult
from medallion_toolkit.model import Cdc, Flow

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark
KEV = Path(os.environ.get("KEV_DIR", Path(__file__).resolve().parents[3] / "shared" / "data" / "kev"))
TRUNCATED = "kev_20250226T054429Z.json"
FIELDS = (
    "vendorProject STRING, product STRING, vulnerabilityName STRING, dateAdded STRING, shortDescription STRING, "
    "requiredAction STRING, dueDate STRING, knownRansomwareCampaignUse STRING, notes STRING, cwes ARRAY<STRING>"
)
BRONZE = """CREATE OR REFRESH STREAMING TABLE ${{bronze}}.{name}
AS SELECT value, uuid() AS _row_id, _metadata.file_name AS _source_file, current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${{landing}}/{name}', format => 'text', wholeText => true);
"""
CATALOGUE = f"""CREATE TEMPORARY VIEW kev_conformed
AS SELECT
    entry.cveID AS cve_id, entry.vendorProject AS vendor, entry.product, entry.vulnerabilityName AS title,
    entry.dateAdded AS added_on, entry.shortDescription AS description, entry.requiredAction AS action,
    entry.dueDate AS due_on, entry.knownRansomwareCampaignUse AS ransomware, entry.notes, entry.cwes,
    regexp_extract(_source_file, 'kev_([0-9T]+)Z', 1) AS published_at,
    concat(_row_id, '-', coalesce(position, 0)) AS _row_id, _source_file, _ingestion_timestamp
FROM (
    SELECT *, from_json(value, 'vulnerabilities ARRAY<STRUCT<cveID STRING, {FIELDS}>>') AS catalogue
    FROM ${{bronze}}.kev
)
LATERAL VIEW OUTER posexplode(catalogue.vulnerabilities) AS position, entry;
"""
KEV_CONTRACT = r"""
table: silver.kev
from: kev_conformed
keys: [cve_id]
history: {type: 2, snapshot_by: published_at, most_keys_lost: 20 %, not_stored: [published_at]}
carry: [_row_id, _source_file, _ingestion_timestamp]
columns:
  cve_id:       {type: string, rules: [regex: '^CVE-\d{4}-\d+\z']}
  vendor:       {type: string}
  product:      {type: string}
  title:        {type: string}
  added_on:     {type: date}
  description:  {type: string}
  action:       {type: string}
  due_on:       {type: date}
  ransomware:   {type: string, rules: [allowed_values: [Known, Unknown]]}
  notes:        {type: string}
  cwes:         {type: array<string>}
  published_at: {type: timestamp, format: "yyyyMMdd'T'HHmmss"}
"""
PRODUCTS = """CREATE TEMPORARY VIEW products_conformed
AS SELECT row.id, row.name, row.price, file.day, file.whole,
    concat(_row_id, '-', coalesce(position, 0)) AS _row_id, _source_file, _ingestion_timestamp
FROM (
    SELECT *, from_json(
        value, 'day STRING, whole STRING, rows ARRAY<STRUCT<id STRING, name STRING, price STRING>>') AS file
    FROM ${bronze}.products
)
LATERAL VIEW OUTER posexplode(file.rows) AS position, row;
"""
PRODUCTS_CONTRACT = """
table: silver.{name}
from: products_conformed
keys: [id]
history: {{type: {type}, snapshot_by: day, most_keys_lost: 50 %, refuse_when: whole = 'no', not_stored: [whole, day]}}
carry: [_row_id, _source_file, _ingestion_timestamp]
columns:
  id:    {{type: int}}
  name:  {{type: string}}
  price: {{type: int, rules: [range: {{min: 0}}]}}
  day:   {{type: date}}
  whole: {{type: string}}
"""
Rows = Sequence[tuple[object, object, object]]
DAYS: Mapping[str, tuple[Rows, str | None]] = {
    "2026-01-01": ([(1, "pen", 5), (2, "ink", 9), (3, "cap", 1)], None),
    "2026-01-02": ([(1, "pen", -6), (2, "ink", 9), (3, "cap", 2)], None),  # 1 fails and keeps its version
    "2026-01-03": ([(1, "pen", 5)], None),  # two of three keys lost: refused
    "2026-01-04": ([(1, "pen", 7), (2, "ink", 9), (2, "dye", 9)], None),  # 3 gone, 2 twice
    "2026-01-05": ([(1, "gum", 7), (9, "new", 1)], "no"),  # says itself that it is not whole
    "2026-01-06": ([(1, "pen", 7), ("?", "ink", 9)], None),  # whose row has no key? 2 stays
    "2026-01-07": ([(1, "pen", 7), (3, "cap", 2)], None),  # 2 gone, 3 back
    "2026-01-08": ([(1, "pen", 7), (3, "cap", "?")], None),  # 3 fails and keeps its version
}

STATES = {
    "2026-01-01": [(1, "pen", 5), (2, "ink", 9), (3, "cap", 1)],
    "2026-01-02": [(1, "pen", 5), (2, "ink", 9), (3, "cap", 2)],
    "2026-01-04": [(1, "pen", 7), (2, "ink", 9)],
    "2026-01-06": [(1, "pen", 7), (2, "ink", 9)],
    "2026-01-07": [(1, "pen", 7), (3, "cap", 2)],
    "2026-01-08": [(1, "pen", 7), (3, "cap", 2)],
}


def files(repository: Path) -> dict[str, str]:
    contracts = {f"products_{kind}": PRODUCTS_CONTRACT.format(name=f"products_{kind}", type=kind) for kind in (1, 2)}
    printed = read_contract(PRODUCTS_CONTRACT.format(name="products_sql", type=2))
    return {
        "sql/bronze/kev.sql": BRONZE.format(name="kev"),
        "sql/bronze/products.sql": BRONZE.format(name="products"),
        "sql/silver/kev_conformed.sql": CATALOGUE,
        "sql/silver/products_conformed.sql": PRODUCTS,
        "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
        "contracts/silver/kev.yml": KEV_CONTRACT,
        **{f"contracts/silver/{name}.yml": text for name, text in contracts.items()},
        **render_files(printed),
    }


@pytest.fixture(scope="module")
def delivered(
    tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand, repository: Path
) -> tuple[LocalProject, dict[str, DatasetResult]]:
    """A project after one run over all snapshots at once."""
    root = tmp_path_factory.mktemp("snapshots")
    made = LocalProject(root, session_source, files(repository))
    shutil.copytree(repository / "template" / "{{.project_name}}" / "medallion", root / "medallion")
    for snapshot in (KEV / "snapshots").glob("*.json"):
        made.write({f"landing/kev/{snapshot.name}": snapshot.read_text(encoding="utf-8")})
    for day, (rows, whole) in DAYS.items():
        listed = [dict(zip(("id", "name", "price"), row, strict=True)) for row in rows]
        made.write({f"landing/products/{day}.json": json.dumps({"day": day, "whole": whole, "rows": listed}, indent=4)})
    return made, made.results()


@pytest.fixture(scope="module")
def project(delivered: tuple[LocalProject, dict[str, DatasetResult]]) -> LocalProject:
    made, results = delivered
    assert {name: str(one.error) for name, one in results.items() if one.error} == {}
    return made


def test_the_history_of_a_catalogue_is_what_its_versions_say(project: LocalProject) -> None:
    versions = project.rows("silver.kev", "cve_id", "__START_AT", "__END_AT")
    assert len(versions) == 1474
    each = Counter(row[0] for row in versions)
    assert (len(each), sum(count > 1 for count in each.values()), max(each.values())) == (1405, 63, 3)
    current = {row[0] for row in versions if row[2] is None}
    assert set(each) - current == {"CVE-2025-4664"}
    assert len(current) == 1404


def test_a_file_that_does_not_parse_is_refused_and_later_ones_go_on(project: LocalProject) -> None:
    snapshots = project.rows("silver.kev_snapshots", "snapshot", "row_count", "keys", "is_accepted", "reason")
    assert [row[1:] for row in snapshots if not row[3]] == [(1, 0, False, "no row has a key")]
    assert sum(bool(row[3]) for row in snapshots) == 11
    (refused,) = project.rows("silver.kev_quarantine", "_source_file", "cve_id", "_errors")
    assert refused[:2] == (TRUNCATED, None)
    assert [error["rule"] for error in refused[2]] == ["cve_id_present", "snapshot_accepted"]
    kept = project.rows("bronze.kev", "_source_file", "value")
    assert {row[0]: row[1] for row in kept}[TRUNCATED] == (KEV / "snapshots" / TRUNCATED).read_text(encoding="utf-8")


def test_every_row_of_every_snapshot_has_one_verdict(
    project: LocalProject, delivered: tuple[LocalProject, dict[str, DatasetResult]]
) -> None:
    _, results = delivered
    (valid,) = (one for one in results["silver.kev_checked"].counts.expectations if one.name == "row_is_valid")
    assert (valid.passed, valid.failed, results["silver.kev_quarantine"].counts.written) == (14_527, 1, 1)
    checked = project.rows("silver.products_2_checked", "_row_id", "_errors")
    quarantined = Counter(row[0] for row in project.rows("silver.products_2_quarantine", "_row_id"))
    assert len(checked) == len({row[0] for row in checked}) == sum(len(rows) for rows, _ in DAYS.values())
    assert quarantined == Counter(row[0] for row in checked if row[1] is not None)


@pytest.mark.parametrize("name", ["products_2", "products_sql"])
def test_a_key_keeps_its_last_valid_version(project: LocalProject, name: str) -> None:
    days = [
        (row[0], row[1], row[2], *(day and f"{day:%d}" for day in row[3:]))
        for row in project.rows(f"silver.{name}", "id", "name", "price", "__START_AT", "__END_AT")
    ]
    assert sorted(days) == [
        (1, "pen", 5, "01", "04"),
        (1, "pen", 7, "04", None),
        (2, "ink", 9, "01", "07"),
        (3, "cap", 1, "01", "02"),
        (3, "cap", 2, "02", "04"),
        (3, "cap", 2, "07", None),
    ]


def test_the_versions_are_those_of_auto_cdc_from_snapshot(
    project: LocalProject, spark: SparkSession, tmp_path: Path
) -> None:
    """The flow of the platform, given by hand what is left of each accepted snapshot."""
    store = Store.open(tmp_path / ".medallion")
    cdc = Cdc(source="daily", keys=("id",), sequence_by="", scd_type=2)
    flow = Flow("snapshots", TABLE, "auto_cdc_from_snapshot", PLACE, cdc=cdc)
    for day, rows in STATES.items():
        state = spark.createDataFrame(rows, "id INT, name STRING, price INT")
        apply_snapshot(spark, store, flow, Snapshot(state, date.fromisoformat(day)))
    columns = ("id", "name", "price", "__START_AT", "__END_AT")
    expected = [tuple(row) for row in read_table(spark, store, TABLE).select(*columns).collect()]
    assert sorted(project.rows("silver.products_2", *columns), key=str) == sorted(expected, key=str)


def test_type_1_holds_what_is_there_after_the_last_snapshot(project: LocalProject) -> None:
    assert sorted(project.rows("silver.products_1", "id", "name", "price")) == [(1, "pen", 7), (3, "cap", 2)]


def test_refused_snapshots_and_doubled_keys_say_so(project: LocalProject) -> None:
    refused = {
        f"{row[0]:%d}": row[2]
        for row in project.rows("silver.products_1_snapshots", "snapshot", "is_accepted", "reason")
        if not row[1]
    }
    assert refused == {
        "03": "2 of 3 keys are missing, more than 50 %",
        "05": "2 rows show that it did not come whole",
    }
    found = project.rows("silver.products_2_quarantine", "day", "id", "name", "_errors")
    reasons = {row[:3]: [error["rule"] for error in row[3]] for row in found}
    assert reasons == {
        ("2026-01-02", "1", "pen"): ["price_in_range"],
        ("2026-01-03", "1", "pen"): ["snapshot_accepted"],
        ("2026-01-04", "2", "dye"): ["keys_unique"],
        ("2026-01-05", "1", "gum"): ["snapshot_accepted"],
        ("2026-01-05", "9", "new"): ["snapshot_accepted"],
        ("2026-01-06", "?", "ink"): ["id_typed"],
        ("2026-01-08", "3", "cap"): ["price_typed"],
    }
