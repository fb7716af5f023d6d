"""Rows as a group sees them: filters and masks of the definitions, functions of the project's own job SQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from local_project import LocalProject

from medallion_toolkit.engine.masks import masked
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.tables import read_table
from medallion_toolkit.errors import MedallionError

PEOPLE = """CREATE OR REFRESH MATERIALIZED VIEW ${silver}.people (
    id INT,
    email STRING MASK ${silver}.mask_text,
    salary INT MASK shop.silver.mask_number USING COLUMNS (region, 100),
    region STRING
) WITH ROW FILTER ${silver}.region_allowed ON (region)
AS SELECT * FROM VALUES (1, 'a@b.c', 10, 'north'), (2, NULL, 20, 'south'), (3, 'x@y.z', 30, 'north')
    AS p(id, email, salary, region);
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.regions AS SELECT 'north' AS region;
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.lost (id INT, name STRING MASK ${silver}.mask_txt)
AS SELECT 1 AS id, 'a' AS name;
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.altered AS SELECT 1 AS id;
CREATE VIEW ${silver}.seen AS SELECT * FROM ${silver}.people;
"""
PYTHON = """from pyspark import pipelines as dp

@dp.materialized_view(
    name="silver.told",
    schema="id INT, email STRING MASK silver.mask_text, region STRING",
    row_filter="ROW FILTER silver.region_allowed ON (region)",
)
def told():
    return spark.read.table("silver.people").select("id", "email", "region")
"""
JOB = """
resources:
  jobs:
    daily:
      tasks:
        - task_key: prepare
          sql_task:
            file: {path: ../jobs/prepare.sql}
            parameters: {catalog: shop, silver: silver, run_as: pipeline@shop.example, group_readers: "pii'readers"}
"""
PREPARE = r"""USE CATALOG IDENTIFIER(:catalog);
USE SCHEMA IDENTIFIER(:silver);

BEGIN
    DECLARE statement STRING;
    DECLARE may_see STRING;
    DECLARE given_readers STRING DEFAULT :group_readers;
    SET may_see = 'current_user() = ' || '\'' || :run_as || '\'' || ' OR is_account_group_member(' || '\''
        || replace(given_readers, '\'', '\\\'') || '\'' || ')';
    SET statement = 'CREATE OR REPLACE FUNCTION mask_text(value STRING) RETURNS STRING RETURN CASE WHEN ' || may_see
        || ' THEN value ELSE CASE WHEN value IS NOT NULL THEN \'***\' END END';
    EXECUTE IMMEDIATE statement;
END;

CREATE OR REPLACE FUNCTION mask_number(value INT, region STRING, step INT) RETURNS INT
    COMMENT 'rounded away from home'
    RETURN IF(is_member('finance') OR is_at_home(region), value, value - value % step);
CREATE FUNCTION IF NOT EXISTS is_at_home(region STRING) RETURN region = 'south' AND current_user() LIKE '%finance%';
"""
FILTER = """-- Who sees which region; CREATE POLICY would do it for the whole schema.
CREATE OR REPLACE FUNCTION shop.silver.region_allowed(region STRING) RETURNS BOOLEAN
RETURN is_account_group_member('admins')
    OR EXISTS (SELECT 1 FROM shop.silver.regions r WHERE r.region = region_allowed.region);
ALTER TABLE shop.silver.altered ALTER COLUMN id SET MASK shop.silver.mask_number;
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> LocalProject:
    files = {
        "sql/silver/people.sql": PEOPLE,
        "python/told.py": PYTHON,
        "resources/daily.job.yml": JOB,
        "jobs/prepare.sql": PREPARE,
        "setup/filters.sql": FILTER,
    }
    project = LocalProject(tmp_path_factory.mktemp("masks"), session_source, files)
    databricks = (project.root / "databricks.yml").read_text(encoding="utf-8")
    project.write({"databricks.yml": f"include: [resources/*.yml]\n{databricks}"})
    project.run()
    return project


def seen_by(shop: LocalProject, groups: Sequence[str], name: str = "people") -> list[tuple[object, ...]]:
    run = shop.open()
    key = f"shop.silver.{name}"
    dataset = run.project.graph.nodes[key].dataset
    binder = run.binder(dataset.pipeline)
    rows = binder.frame(run.project.graph.nodes[key].flows[0]) if name == "seen" else None
    frame = rows if rows is not None else read_table(binder.spark, run.store, key)
    return sorted(tuple(row) for row in masked(frame, dataset, groups, binder).collect())


@pytest.mark.fidelity(
    "A column's MASK replaces its values for readers that the function does not let through",
    source="ldp-sql-ref-create-materialized-view",
    verdict="same",
)
@pytest.mark.fidelity(
    "USING COLUMNS hands other columns and constants to the mask function, after the column itself",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "WITH ROW FILTER hides rows for which the function is not true",
    source="ldp-sql-ref-create-streaming-table",
    verdict="same",
)
@pytest.mark.fidelity(
    "Python declares masks in schema= and a filter in row_filter=", source="platform.md §3", verdict="same"
)
@pytest.mark.fidelity("A row filter may look into another table", source="platform.md §8.3", verdict="same")
@pytest.mark.fidelity(
    "is_account_group_member and current_user are answered for who looks", source="platform.md §8.3", verdict="same"
)
def test_a_group_sees_what_filter_and_masks_let_through(shop: LocalProject) -> None:
    assert seen_by(shop, ["analysts"]) == [(1, "***", 0, "north"), (3, "***", 0, "north")]
    assert seen_by(shop, ["pii'readers"]) == [(1, "a@b.c", 0, "north"), (3, "x@y.z", 0, "north")]
    assert seen_by(shop, ["admins", "finance"]) == [
        (1, "***", 10, "north"),
        (2, None, 20, "south"),
        (3, "***", 30, "north"),
    ]
    assert seen_by(shop, ["analysts"], "told") == [(1, "***", "north"), (3, "***", "north")]
    assert seen_by(shop, []) == seen_by(shop, ["analysts"])
    assert shop.rows("silver.people", "email") == [("a@b.c",), ("x@y.z",), (None,)]


@pytest.mark.fidelity(
    "Masks and filters apply to readers only: the pipeline itself reads and writes every value",
    source="platform.md §8.3",
    verdict="same",
)
def test_pipelines_read_unmasked(shop: LocalProject) -> None:
    assert shop.rows("silver.seen", "salary") == [(10,), (20,), (30,)]


@pytest.mark.fidelity(
    "Mask and filter functions are made outside of pipelines; one that no SQL of the project makes is unknown",
    source="platform.md §8.3",
    verdict="refused",
    code="MED440",
)
@pytest.mark.fidelity(
    "ALTER TABLE … SET MASK and policies protect tables from outside of their definition",
    source="platform.md §8.2",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "What a group sees through a view depends on the rights of its owner",
    source="platform.md §8.3",
    verdict="refused",
    code="MED402",
)
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("lost", "MED440", "shop.silver.mask_txt"),
        ("altered", "MED402", "SET MASK"),
        ("seen", "MED402", "the view shop.silver.seen"),
    ],
)
def test_access_that_cannot_be_shown_is_refused(shop: LocalProject, name: str, code: str, words: str) -> None:
    with pytest.raises(MedallionError) as caught:
        seen_by(shop, ["analysts"], name)
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_parameter_that_the_job_does_not_give_is_named(tmp_path: Path, session_source: SessionOnDemand) -> None:
    files = {
        "sql/silver/people.sql": PEOPLE.split(";")[1] + ";",
        "jobs/prepare.sql": "CREATE FUNCTION shop.silver.f() RETURNS STRING RETURN :nothing;",
        "sql/silver/reader.sql": "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.reader AS SELECT shop.silver.f() AS x;",
    }
    error = LocalProject(tmp_path, session_source, files).results(select=("silver.reader",))["silver.reader"].error
    assert error is not None
    assert (error.code, str(error.place)) == ("MED222", "jobs/prepare.sql:1:1")
