"""The way back, dataset by dataset: what older code does to tables that newer code made, and what a person runs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

from medallion_toolkit.deployment.releases.rollback import Step, quoted_name, steps_of
from medallion_toolkit.errors import Place
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.model import ConsequencePlan, DatasetPlan, Reason
from medallion_toolkit.scaffold.project import create_project

SCHEMAS = {"bronze": "shop_dev.dev_ada_bronze", "silver": "shop_dev.dev_ada_silver", "gold": "shop-dev.dev_ada_gold"}
NAME = "  currency_name: {type: string, rules: [not_null]}"
# What the newer code has otherwise: path, old text (none: a new file), new text.
EDITS = (
    ("sql/gold/daily_sales.sql", "count(*)", "count(order_id)"),
    ("contracts/silver/currencies.yml", NAME, f"{NAME}\n  symbol: {{type: string}}"),
    ("sql/silver/currencies_conformed.sql", "AS SELECT\n", "AS SELECT\n    upper(currency_code) AS symbol,\n"),
    ("contracts/silver/products.yml", "keys: [product_id]", "keys: [product_id, category]"),
    (
        "contracts/silver/products.yml",
        "category:     {type: string, rules: [not_null, ",
        "category:     {type: string, rules: [",
    ),
    (
        "sql/gold/extra.sql",
        "",
        "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.extra AS SELECT product_id FROM ${silver}.products;\n",
    ),
    (
        "sql/silver/arrivals.sql",
        "",
        "CREATE OR REFRESH STREAMING TABLE ${silver}.arrivals AS SELECT order_id FROM STREAM(${bronze}.orders);\n",
    ),
)


@pytest.fixture(scope="module")
def way_back(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Step]:
    """The steps from the newer files back to the older ones."""
    older, newer = (tmp_path_factory.mktemp(name) / "shop" for name in ("older", "newer"))
    create_project(older.parent, {"project_name": "shop"})
    shutil.copytree(older, newer)
    for path, old, new in EDITS:
        text = (newer / path).read_text() if old else ""
        assert old in text, path
        (newer / path).write_text(text.replace(old, new, 1) if old else new)
    plan = compare(load_project(newer, "dev"), load_project(older, "dev"), "newer")
    return {one.dataset: one for one in steps_of(plan, SCHEMAS)}


def test_what_only_computes_otherwise_settles_itself(way_back: Mapping[str, Step]) -> None:
    found = way_back["gold.daily_sales"]
    assert (found.effect, found.is_safe, found.commands) == ("recomputed", True, ())


def test_a_column_that_was_added_stays_with_its_values(way_back: Mapping[str, Step]) -> None:
    found = way_back["silver.currencies"]
    assert (found.is_safe, found.commands) == (True, ())
    assert "column symbol stays in the table with the values it has" in found.why


def test_other_keys_are_settled_by_a_person(way_back: Mapping[str, Step]) -> None:
    found = way_back["silver.products"]
    assert (found.effect, found.is_safe) == ("undefined results", False)
    assert found.commands[0].startswith(
        "databricks bundle run ingest -t dev --full-refresh shop_dev.dev_ada_silver.products "
    )


def test_names_are_quoted_where_sql_needs_it() -> None:
    assert quoted_name("shop.größe.a`b") == "shop.`größe`.`a``b`"


def test_a_protected_table_says_what_has_to_be_lifted_first() -> None:
    reasons = (Reason("full refresh needed", "another source", "streamed source"),)
    protected = (*reasons, Reason("full refresh needed", "protected", "reset protection"))
    place = Place("sql/bronze/orders.sql", 2)
    orders, events = (
        DatasetPlan(f"bronze.{name}", "streaming table", why, place, pipeline="ingest")
        for name, why in (("orders", protected), ("events", reasons))
    )
    lifted, free = steps_of(ConsequencePlan("newer", "dev", (orders, events)), SCHEMAS)
    refresh = "databricks bundle run ingest -t dev --full-refresh shop_dev.dev_ada_bronze"
    assert lifted.commands[1].startswith(f"{refresh}.orders   # after pipelines.reset.allowed was lifted in {place} ")
    assert free.commands[1] == f"{refresh}.events   # only where its source still holds everything"


@pytest.mark.parametrize(
    ("dataset", "kind", "table"),
    [
        ("gold.extra", "MATERIALIZED VIEW", "`shop-dev`.dev_ada_gold.extra"),
        ("silver.arrivals", "TABLE", "shop_dev.dev_ada_silver.arrivals"),
    ],
)
def test_a_table_that_is_dropped_is_kept_and_brought_back_by_commands_that_the_platform_takes(
    way_back: Mapping[str, Step], dataset: str, kind: str, table: str
) -> None:
    found = way_back[dataset]
    assert (found.effect, found.is_safe) == ("dropped with data", False)
    assert [command.partition("   -- ")[0] for command in found.commands] == [
        f"CREATE TABLE {table}_kept AS SELECT * FROM {table}",
        f"UNDROP {kind} {table}",
    ]
