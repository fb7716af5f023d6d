"""What decorated functions declare in a pipeline: under each dataset decorator, alone, and what is refused there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from decorated_projects import TRANSFORM_CUSTOMERS, datasets, only_error, record_project
from long_samples import SPECIFIED

HEAD = """
import dlt
from pyspark import pipelines as dp
from medallion.decorators import (
    bronze, decorate, documentation, governance, medallion, metric, silver, slowly_changing_dimension, test, validate,
)
EMAIL = {"name": "email_is_one", "column": "email", "type": "email"}
SILVER = "s"
"""
STREAM = '    return spark.readStream.table("b.customers")\n'
BATCH = '    return spark.read.table("b.customers")\n'


def test_under_a_streaming_table_quarantine_and_history_are_further_datasets(tmp_path: Path) -> None:
    code = (
        HEAD + '@dp.table(name=f"{SILVER}.customers", comment="Every customer event.")\n@silver()\n'
        "@validate(rules=[EMAIL])\n"
        '@slowly_changing_dimension(keys=["customer_id"], effective_from="changed_at")\n'
        "def customer_events(spark):\n" + STREAM
    )
    recording = record_project(tmp_path, code)
    found = datasets(recording)
    assert {name: one.kind for name, one in found.items()} == {
        "s.customers": "streaming_table",
        "s.customers_quarantine": "streaming_table",
        "s.customers_history": "streaming_table",
        "customers_valid": "temporary_view",
    }
    assert [one.name for one in found["s.customers"].expectations] == [
        "customer_id_present", "changed_at_present", "email_is_one", "row_is_valid",
    ]  # fmt: skip
    assert found["s.customers"].comment == "Every customer event."
    reads = {one.target.removeprefix("c."): one.query.reads for one in recording.flows if one.query}
    assert reads == {
        "s.customers": (("b.customers", "stream"),),
        "s.customers_quarantine": (("s.customers", "stream"),),
        "customers_valid": (("s.customers", "stream"),),
    }
    (history,) = [one for one in recording.flows if one.cdc]
    assert history.cdc is not None
    assert (history.kind, history.cdc.source, history.cdc.keys) == ("auto_cdc", "customers_valid", ("customer_id",))


def test_the_example_of_the_specification(tmp_path: Path) -> None:
    recording = record_project(tmp_path, TRANSFORM_CUSTOMERS, {"configs/customer_transform.yaml": SPECIFIED})
    found = datasets(recording)
    assert {name: one.kind for name, one in found.items()} == {
        "s.silver_customers": "materialized_view",
        "s.silver_customers_quarantine": "materialized_view",
        "silver_customers_valid": "temporary_view",
        "s.silver_customers_history": "streaming_table",
    }
    names = {one.name for one in found["s.silver_customers"].expectations}
    assert {"valid_email", "valid_phone", "valid_customer_type", "valid_date_range", "purchase_amount_usual"} < names
    history = found["s.silver_customers_history"]
    assert history.comment == "Cleaned and standardized customer data"
    assert history.properties["medallion.test.golden_dataset"] == "test_data/customers_golden.parquet"
    flows = {one.target.removeprefix("c."): one for one in recording.flows}
    own = flows["s.silver_customers"].query
    assert own is not None
    assert own.reads == (("LIVE.bronze_customers", "batch"),)
    assert flows["s.silver_customers_history"].kind == "auto_cdc_from_snapshot"
    assert (found["s.silver_customers"].place.line, history.place.line) == (6, 6)


def test_alone_a_function_makes_what_a_contract_with_from_makes(tmp_path: Path) -> None:
    code = (
        HEAD + '@silver(schema=SILVER, description="Customers.")\n@validate(rules=[EMAIL])\n@governance(owner="crm")\n'
        "def customers(spark):\n" + STREAM
    )
    found = datasets(record_project(tmp_path, code))
    assert {name: one.kind for name, one in found.items()} == {
        "customers_conformed": "temporary_view",
        "s.customers_checked": "streaming_table",
        "s.customers_quarantine": "streaming_table",
        "s.customers": "streaming_table",
    }
    assert found["s.customers"].comment == "Customers."
    assert found["s.customers"].properties == {
        "quality": "silver", "medallion.decorators": "governance, silver, validate", "medallion.owner": "crm",
    }  # fmt: skip
    assert [one.name for one in found["s.customers_checked"].expectations] == ["email_is_one", "row_is_valid"]


@pytest.mark.parametrize(
    ("above", "reads", "kinds"),
    [
        ("@dp.materialized_view", BATCH, {"s.customers": "materialized_view"}),
        ('@dlt.table(name="customers")', BATCH, {"s.customers": "materialized_view"}),
        ("@dlt.table", STREAM, {"s.customers": "streaming_table"}),
        ("@dp.table()", STREAM, {"s.customers": "streaming_table"}),
    ],
)
def test_quarantine_is_of_the_kind_of_its_table(tmp_path: Path, above: str, reads: str, kinds: dict[str, str]) -> None:
    code = HEAD + above + "\n@silver()\n@validate(rules=[EMAIL])\ndef customers(spark):\n" + reads
    found = datasets(record_project(tmp_path, code))
    kind = kinds["s.customers"]
    assert {name: one.kind for name, one in found.items()} == {"s.customers": kind, "s.customers_quarantine": kind}


def test_alone_a_batch_makes_materialized_views(tmp_path: Path) -> None:
    code = HEAD + "@silver()\n@validate(rules=[EMAIL])\ndef customers(spark):\n" + BATCH
    found = datasets(record_project(tmp_path, code))
    assert {name: one.kind for name, one in found.items()} == {
        "customers_conformed": "temporary_view",
        "s.customers_checked": "materialized_view",
        "s.customers_quarantine": "materialized_view",
        "s.customers": "materialized_view",
    }


def test_a_flagged_table_is_the_only_one(tmp_path: Path) -> None:
    code = HEAD + '@dp.table\n@silver(quarantine="flag")\n@validate(rules=[EMAIL])\ndef customers(spark):\n' + STREAM
    (made,) = datasets(record_project(tmp_path, code)).values()
    assert {one.name: one.condition for one in made.expectations}["row_is_valid"] == "_is_valid"


def test_an_own_decorator_changes_rows_before_they_are_judged(tmp_path: Path) -> None:
    code = HEAD + (
        "from medallion.decorators import Settings, decorator\n"
        "@decorator\ndef beside(table):\n"
        "    return Settings(rows=lambda frame: frame.join(spark.read.table(table), 'customer_id'))\n"
        '@dp.table\n@silver()\n@beside("b.regions")\n@validate(rules=[EMAIL])\ndef customers(spark):\n' + STREAM
    )
    recording = record_project(tmp_path, code)
    assert datasets(recording)
    reads = {one.target: one.query.reads for one in recording.flows if one.query}
    assert reads["c.s.customers"] == (("b.customers", "stream"), ("b.regions", "batch"))


def test_rules_that_only_count_add_neither_columns_nor_datasets(tmp_path: Path) -> None:
    code = HEAD + "@dp.table\n@bronze()\n@validate(rules=[EMAIL], quarantine=False)\ndef customers(spark):\n" + STREAM
    found = datasets(record_project(tmp_path, code))
    assert [(name, [one.name for one in made.expectations]) for name, made in found.items()] == [
        ("s.customers", ["email_is_one"])
    ]


def test_rules_that_tag_or_drop_need_no_quarantine(tmp_path: Path) -> None:
    rules = '[{**EMAIL, "on_fail": "tag"}, {"name": "named", "condition": "name > \'a\'", "on_fail": "drop"}]'
    code = HEAD + f"@dp.table\n@silver()\n@validate(rules={rules})\ndef customers(spark):\n" + STREAM
    (made,) = datasets(record_project(tmp_path, code)).values()
    assert [one.name for one in made.expectations] == ["email_is_one", "named", "row_is_kept", "row_is_valid"]


def test_the_table_of_a_function_without_rules_has_comment_and_properties(tmp_path: Path) -> None:
    code = (
        HEAD + '@medallion(layer="gold", schema="g")\n@metric("revenue", "sum(amount)", ["day"])\n'
        '@documentation("Sales by day.")\ndef daily_sales(spark):\n' + BATCH
    )
    (made,) = datasets(record_project(tmp_path, code)).values()
    assert (made.name, made.kind, made.comment) == ("c.g.daily_sales", "materialized_view", "Sales by day.")
    assert made.properties["medallion.metric.revenue"] == "sum(amount) BY day"


@pytest.mark.parametrize(("target", "percent", "adult"), [(None, 5, "warn"), ("dev", 5, "warn"), ("prod", 1, "fail")])
def test_contract_file_over_defaults_target_over_both_and_decorators_over_all(
    tmp_path: Path, target: str | None, percent: int, adult: str
) -> None:
    files = {
        "contracts/defaults.yml": "owner: everybody\nlimits: {quarantined: 5 %}\n",
        "contracts/silver/defaults.yml": "owner: silver-team\n",
        "configs/customers.yml": (
            "table: silver.customers\ndescription: Customers.\nkeys: [customer_id]\n"
            "columns:\n  customer_id: {type: string}\n"
            "  email: {type: string, rules: [email: {name: email_is_one}, length: {max: 50}]}\n"
            "rules: {adult: {sql: customer_id <> 'child', on_fail: warn}}\n"
            "targets: {prod: {owner: operations, limits: {quarantined: 1 %}, rules: {adult: {on_fail: fail}}}}\n"
        ),
    }
    code = (
        HEAD + "from medallion.decorators import registry\n"
        '@dp.table\n@silver("configs/customers.yml")\n@validate(rules=[{**EMAIL, "on_fail": "drop"}])\n'
        '@governance(owner="crm")\n@test(scenarios=["missing_values"])\n'
        "def customer_events(spark):\n" + STREAM + "contract = registry().find('customers').contract\n"
        "assert contract.owner == 'crm'\n"
        f"assert contract.limits.quarantined_percent == {percent}\n"
        "assert {rule.name: rule.on_fail for rule in contract.rules} == {'customer_id_present': 'quarantine', "
        f"'email_is_one': 'drop', 'email_length': 'quarantine', 'adult': '{adult}'}}\n"
    )
    found = datasets(record_project(tmp_path, code, files, target=target))
    assert set(found) == {"s.customers", "s.customers_quarantine"}
    assert next(one for one in found["s.customers"].expectations if one.name == "row_is_kept").condition


def test_a_contract_that_lists_its_columns_knows_all_of_them(tmp_path: Path) -> None:
    contract = "table: silver.customers\ncolumns: {email: {type: string}}\n"
    code = (
        HEAD + '@dp.table\n@silver("customers.yml")\n@validate(rules=[{"name": "named", "condition": "nme > \'a\'"}])\n'
        "def customers(spark):\n" + STREAM
    )
    error = only_error(record_project(tmp_path, code, {"python/customers.yml": contract}))
    assert (error.code, error.found) == ("MED310", "nme")


@pytest.mark.parametrize(
    ("code", "lines", "line"),
    [
        ("MED380", "@validate(rules=[EMAIL])\n@dp.table\n@silver()\ndef customers(spark):\n" + STREAM, 1),
        ("MED380", "@silver()\n@validate(rules=[EMAIL])\n@dlt.table()\ndef customers(spark):\n" + STREAM, 1),
        ("MED383", '@dp.table(name="a")\n@silver(name="b")\n@validate(rules=[EMAIL])\ndef c(spark):\n' + STREAM, 1),
        ("MED385", '@dp.table(name="a".upper())\n@silver()\n@validate(rules=[EMAIL])\ndef c(spark):\n' + STREAM, 1),
        ("MED383", "@dp.temporary_view\n@silver()\n@validate(rules=[EMAIL])\ndef c(spark):\n" + STREAM, 1),
        ("MED383", '@dp.table\n@silver("contracts/silver/customers.yml")\ndef c(spark):\n' + STREAM, 1),
        ("MED387", '@dp.table\n@silver("nowhere.yml")\ndef c(spark):\n' + STREAM, 1),
        ("MED306", '@dp.table\n@silver()\n@validate(columns={"a": ["emial"]})\ndef c(spark):\n' + STREAM, 3),
    ],
)
def test_what_cannot_be_is_an_error_of_discovery_at_its_line(tmp_path: Path, code: str, lines: str, line: int) -> None:
    files = {"contracts/silver/customers.yml": "table: silver.customers\ncolumns: {a: {type: string}}\n"}
    error = only_error(record_project(tmp_path, HEAD + lines, files))
    assert error.code == code
    assert error.place is not None
    assert error.place.line == HEAD.count("\n") + line


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("from: other_view", "other_view"),
        ("from: [one_view, other_view]", "[one_view, other_view]"),
        ("kind: materialized_view", "materialized_view"),
        ("backfill: old_rows", "old_rows"),
        ("evolution: fail", "fail"),
    ],
)
def test_what_only_a_file_with_from_can_say_is_refused(tmp_path: Path, key: str, found: str) -> None:
    contract = f"table: silver.customers\n{key}\ncolumns: {{email: {{type: string, rules: [email]}}}}\n"
    code = HEAD + '@dp.table\n@silver("customers.yml")\ndef customers(spark):\n' + STREAM
    error = only_error(record_project(tmp_path, code, {"python/customers.yml": contract}))
    assert (error.code, error.found) == ("MED383", found)
    assert error.place is not None
    assert (error.place.path, error.place.line) == ("python/customers.yml", 2)


def test_two_functions_that_make_one_quarantine_are_refused(tmp_path: Path) -> None:
    code = (
        HEAD + "@dp.table\n@silver()\n@validate(rules=[EMAIL])\ndef customers(spark):\n" + STREAM
        + "@silver()\n@documentation('x')\ndef customers_quarantine(spark):\n" + STREAM
    )  # fmt: skip
    error = only_error(record_project(tmp_path, code))
    assert (error.code, error.found) == ("MED386", "customers_quarantine")


def test_a_source_of_several_lines_and_reads_inside_helpers_are_understood(tmp_path: Path) -> None:
    code = HEAD + (
        "def rows(spark):\n    return spark.readStream.table('b.customers')\n\n"
        "@dp.table(\n    name=SILVER + '.customers',\n    comment='x',\n)\n@silver(\n    columns={'age': 'int'},\n)\n"
        "@validate(\n    rules=[EMAIL],\n)\ndef customers(spark):\n    return rows(spark)\n\n"
        "@silver(streaming=True)\n@validate(rules=[EMAIL])\ndef partners(spark):\n    return rows(spark)\n"
    )
    found = datasets(record_project(tmp_path, code))
    assert {found[name].kind for name in ("s.customers", "s.customers_quarantine")} == {"streaming_table"}
    assert found["s.partners_checked"].kind == "streaming_table"


def test_the_code_of_the_page_declares_what_the_page_says(tmp_path: Path, repository: Path) -> None:
    page = (repository / "docs" / "decorators.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    found = datasets(record_project(tmp_path, code, {"configs/customer_transform.yaml": SPECIFIED}))
    assert {name.removeprefix("s."): one.kind for name, one in found.items() if "." in name} == {
        **dict.fromkeys(
            ["orders", "orders_quarantine", "orders_history", "visits_bremen", "visits_bremen_checked",
             "visits_bremen_quarantine", "visits_lyon", "visits_lyon_checked", "visits_lyon_quarantine", "deliveries",
             "deliveries_quarantine", "events", "events_quarantine", "silver_customers_history"], "streaming_table",
        ),
        **dict.fromkeys(
            ["products", "silver_customers", "silver_customers_quarantine", "daily_sales"], "materialized_view"
        ),
    }  # fmt: skip
    assert all(f"`{code}`" in page or code in page for code in ("MED380", "MED382", "MED383", "MED385", "MED388"))
