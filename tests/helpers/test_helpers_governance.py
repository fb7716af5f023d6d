"""Access opens last and only behind masks; every statement has its documentation page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from contract_samples import CUSTOMERS, DAILY_SALES, LINES, ORDERS, contract, with_values

from medallion import project_files
from medallion.jobs.access import classified_columns, grants_script, prepare_sql, roles
from medallion.jobs.governance import governance_sql
from medallion.repair.replay_job import Replays
from medallion.sql.statements import STATEMENTS
from medallion_toolkit.sql.splitting import split_statements

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONTRACTS = [contract(DAILY_SALES), contract(CUSTOMERS), contract(LINES), contract(ORDERS)]
KINDS = {"gold.daily_sales": "materialized view"}
REPLAYS = Replays({"silver.orders": ["SELECT * FROM [[bronze.orders]]"]})
PARAMETERS = {
    "catalog": "main", "bronze": "b", "silver": "s", "gold": "g", "run_as": "o'neil@x.org",
    "group_analysts": "an`alysts",
    "group_pii_readers": "", "group_stewards": "stewards", "event_log_ingest": "s.log_ingest",
    "event_log_gold": "s.log_gold",
}  # fmt: skip


def fixed_parts(form: str) -> str:
    """A pattern for the form: its words as they are, anything for its parts."""
    pattern = re.escape(form.replace("\n", " "))
    return re.sub(r"\\\{\w+\\\}", ".+", pattern).replace(r"\ ", r"\s+")


def test_every_statement_is_one_of_the_listed_forms() -> None:
    listed = [re.compile(fixed_parts(one.form), re.DOTALL) for one in STATEMENTS.values()]
    texts = [text for path, text in project_files(CONTRACTS, KINDS, REPLAYS).items() if path.startswith("jobs/")]
    written = [one.text for text in texts for one in split_statements(text)]
    assert len(written) > 20
    assert [one for one in written if not any(form.search(one) for form in listed)] == []


def test_every_listed_form_names_a_documentation_page_and_is_used() -> None:
    assert [name for name, one in STATEMENTS.items() if not re.fullmatch(r"[a-z/-]+", one.page)] == []
    kinds = [{"gold.daily_sales": kind} for kind in ("materialized view", "streaming table", "view")]
    tagged = contract(DAILY_SALES + "owner: finance\n", **{"{type: bigint,": "{type: bigint, class: internal,"})
    text = "".join("".join(project_files([tagged, *CONTRACTS], kind, REPLAYS).values()) for kind in kinds)
    text = text.replace("\\'", "'").replace("' || ", "").replace(" || '", "")
    unused = [name for name, one in STATEMENTS.items() if not re.search(fixed_parts(one.form), text, re.DOTALL)]
    assert unused == []


def test_job_sql_takes_names_by_parameter_only() -> None:
    for path, text in project_files(CONTRACTS, KINDS, REPLAYS).items():
        if path.startswith("jobs/"):
            assert "${" not in text
            assert set(re.findall(r"(?<![:\w]):([a-z_]+)", text)) <= {
                *PARAMETERS,
                "event_log",
                "job_started_at",
                "dataset",
            }


def test_only_functions_of_open_source_spark_stand_in_the_gates() -> None:
    files = project_files(CONTRACTS, KINDS, REPLAYS)
    assert [
        path for path in ("jobs/gate_silver.sql", "jobs/gate_gold.sql") if re.search(r"\w:[a-z_]+\.", files[path])
    ] == []


def test_comments_of_tables_that_sql_makes_come_from_the_contract() -> None:
    text = governance_sql(CONTRACTS, KINDS)
    assert "COMMENT ON TABLE daily_sales IS 'Revenue per day.';" in text
    assert "COMMENT ON COLUMN daily_sales.sold_on IS 'Day of the order';" in text
    assert "COMMENT ON TABLE orders" not in text


def test_tags_say_owner_steward_retention_and_class() -> None:
    text = governance_sql(CONTRACTS, KINDS)
    assert "ALTER STREAMING TABLE orders SET TAGS ('owner' = 'sales-data', 'retention' = '7 years');" in text
    assert (
        "ALTER STREAMING TABLE orders_quarantine ALTER COLUMN contact_email SET TAGS ('classification' = 'pii');"
        in text
    )
    assert (
        "ALTER STREAMING TABLE customers SET TAGS ('owner' = 'sales-data', 'steward' = 'Ada', 'domain' = 'sales');"
        in text
    )


def test_grants_are_the_last_statement() -> None:
    last = split_statements(governance_sql(CONTRACTS, KINDS))[-1].text
    assert last.startswith("BEGIN")
    assert "GRANT SELECT ON TABLE" in last
    assert governance_sql(CONTRACTS, KINDS).count("GRANT SELECT ON TABLE") == 1


def test_roles_are_those_of_the_contracts_and_pii_readers() -> None:
    assert roles(CONTRACTS) == ("analysts", "pii_readers", "stewards")


def test_every_stored_form_of_a_classified_column_is_watched() -> None:
    watched = {(table, column) for _, table, column in classified_columns(CONTRACTS)}
    assert {
        ("customers_checked", "_source"),
        ("customers_quarantine", "born_on"),
        ("orders", "contact_email"),
    } <= watched
    assert not {table for table, _ in watched if table.startswith("order_lines")}


@pytest.fixture
def said(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A table that takes the texts a script would have executed, beside an information schema of our own."""
    folder = tmp_path_factory.mktemp("catalog")
    spark.sql(f"CREATE SCHEMA information_schema LOCATION '{folder}'")
    spark.sql("CREATE TABLE information_schema.said (statement STRING) USING parquet")
    spark.sql(
        "CREATE TABLE information_schema.column_masks "
        "(table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING) USING parquet"
    )
    spark.sql(
        "CREATE TABLE information_schema.table_privileges (grantee STRING, table_schema STRING, table_name STRING, "
        "privilege_type STRING, inherited_from STRING) USING parquet"
    )
    yield "information_schema.said"
    for function in ("mask_text", "mask_date"):
        spark.sql(f"DROP TEMPORARY FUNCTION IF EXISTS {function}")
    spark.sql("DROP SCHEMA information_schema CASCADE")


def run(spark: SparkSession, script: str, said: str) -> list[str]:
    """The texts of a script's statements; the platform's own ones are noted instead of executed."""
    noted = script.replace("EXECUTE IMMEDIATE statement;", f"INSERT INTO {said} VALUES (statement);")
    spark.sql(f"TRUNCATE TABLE {said}")
    spark.sql(with_values(noted, PARAMETERS))
    return sorted(row[0] for row in spark.table(said).collect())


def mask(spark: SparkSession, *columns: tuple[str, str, str]) -> None:
    for _, table, column in columns:
        spark.sql(f"INSERT INTO information_schema.column_masks VALUES ('main', 's', '{table}', '{column}')")


@pytest.mark.spark
def test_a_table_is_granted_only_where_every_mask_shows(spark: SparkSession, said: str) -> None:
    script = grants_script(CONTRACTS)
    grants = [one for one in run(spark, script, said) if one.startswith("GRANT")]
    assert grants == ["GRANT SELECT ON TABLE `g`.`daily_sales` TO `an``alysts`"]
    mask(spark, *[one for one in classified_columns(CONTRACTS) if one[1] == "orders"])
    mask(spark, *[one for one in classified_columns(CONTRACTS) if one[1] == "customers" and one[2] != "born_on"])
    grants = [one for one in run(spark, script, said) if one.startswith("GRANT")]
    assert grants == [
        "GRANT SELECT ON TABLE `g`.`daily_sales` TO `an``alysts`",
        "GRANT SELECT ON TABLE `s`.`orders` TO `an``alysts`",
    ]
    mask(spark, *[one for one in classified_columns(CONTRACTS) if one[1] == "customers"])
    assert "GRANT SELECT ON TABLE `s`.`customers` TO `stewards`" in run(spark, script, said)


@pytest.mark.spark
def test_a_role_that_may_no_longer_read_loses_its_grant_and_a_blank_group_gets_nothing(
    spark: SparkSession, said: str
) -> None:
    texts = run(spark, grants_script(CONTRACTS), said)
    assert "REVOKE SELECT ON TABLE `s`.`orders` FROM `stewards`" in texts
    assert "REVOKE SELECT ON TABLE `s`.`order_lines` FROM `an``alysts`" in texts
    assert [one for one in texts if one.endswith(("TO ``", "FROM ``"))] == []


@pytest.mark.spark
def test_select_is_withdrawn_from_everyone_where_a_mask_is_missing(spark: SparkSession, said: str) -> None:
    for grantee, table, privilege, origin in (
        ("someone", "orders", "SELECT", "NONE"),
        ("someone", "orders", "MODIFY", "NONE"),
        ("everyone", "orders", "SELECT", "SCHEMA"),
        ("someone", "order_lines", "SELECT", "NONE"),
        (PARAMETERS["run_as"].replace("'", "\\'"), "orders", "SELECT", "NONE"),
    ):
        row = f"'{grantee}', 's', '{table}', '{privilege}', '{origin}'"
        spark.sql(f"INSERT INTO information_schema.table_privileges VALUES ({row})")
    script = split_statements(prepare_sql(CONTRACTS))[-1].text
    assert run(spark, script, said) == ["REVOKE SELECT ON TABLE `s`.`orders` FROM `someone`"]
    mask(spark, *[one for one in classified_columns(CONTRACTS) if one[1] == "orders"])
    assert run(spark, script, said) == []


@pytest.mark.spark
def test_mask_functions_let_the_run_as_identity_and_the_role_through(spark: SparkSession, said: str) -> None:
    script = next(one.text for one in split_statements(prepare_sql(CONTRACTS)) if one.text.startswith("BEGIN"))
    texts = run(spark, script, said)
    assert (
        "CREATE OR REPLACE FUNCTION mask_text(value STRING) RETURNS STRING RETURN CASE WHEN "
        "current_user() = 'o\\'neil@x.org' THEN value ELSE CASE WHEN value IS NOT NULL THEN '***' END END"
    ) in texts
    assert any(one.startswith("CREATE OR REPLACE FUNCTION mask_date(value DATE) RETURNS DATE") for one in texts)
    PARAMETERS["group_pii_readers"] = "privacy"
    try:
        readers = run(spark, script, said)
    finally:
        PARAMETERS["group_pii_readers"] = ""
    assert all("OR is_account_group_member('privacy') THEN value" in one for one in readers)


@pytest.mark.spark
def test_mask_functions_and_views_are_sql_that_spark_reads(spark: SparkSession, said: str) -> None:
    functions = next(one.text for one in split_statements(prepare_sql(CONTRACTS)) if one.text.startswith("BEGIN"))
    for text in run(spark, functions, said):
        spark.sql(text.replace("CREATE OR REPLACE FUNCTION ", "CREATE OR REPLACE TEMPORARY FUNCTION "))
    assert spark.sql("SELECT mask_text('a'), mask_text(NULL), mask_date(DATE '2026-01-01')").collect() == [
        ("***", None, None)
    ]
    views = next(one.text for one in split_statements(governance_sql(CONTRACTS, KINDS)) if one.text.startswith("BEGIN"))
    texts = run(spark, views, said)
    assert [text.split(" AS", 1)[0] for text in texts] == [
        "CREATE OR REPLACE VIEW dq_metrics",
        "CREATE OR REPLACE VIEW dq_scores",
        "CREATE OR REPLACE VIEW pipeline_runs",
        "CREATE OR REPLACE VIEW quarantine_open",
    ]
    assert all("FROM s.log_ingest" in text and "FROM s.log_gold" in text for text in texts[:-1])
    assert "FROM `s`.customers_quarantine" in texts[-1]
