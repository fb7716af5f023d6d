"""A project with a module of own rules, beside the helper package of the template."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "template" / "{{.project_name}}" / "medallion"
SHOP_RULES = r"""
from __future__ import annotations

from medallion import ColumnName, Example, Row, RowExample, literal, row_rule, rule
from medallion.normalize import PatternExample, pattern


@rule(
    about="Five digits, then capital letters.",
    message="{column} must be a stock code.",
    examples=[Example("85123A", True), Example("x", False), Example(None, True)],
)
def stock_code(column: str) -> str:
    return f"{column} RLIKE '^[0-9]{{5}}[A-Z]*\\\\z'"


@rule(
    about="Begins with the code of a shop.",
    examples=[
        Example("B1-7", True, {"shop": "B1"}),
        Example("B10-7", False, {"shop": "B1"}),
        Example("B1/7", True, {"shop": "B1", "sign": "/"}),
    ],
    parameters={"shop": "The shop."},
    suffix="of_shop",
)
def shop_code(column: str, shop: str, sign: str = "-") -> str:
    return f"startswith({column}, {literal(shop + sign)})"


@row_rule(
    about="What is paid is at least what it costs, unless it is free.",
    message="{paid} must be at least {cost}.",
    examples=[
        RowExample({"a": "2", "b": "1"}, True, {"paid": "a", "cost": "b"}, {"a": "int", "b": "int"}),
        RowExample({"a": "1", "b": "2"}, False, {"paid": "a", "cost": "b"}, {"a": "int", "b": "int"}),
        RowExample({"a": "0", "b": "2"}, True, {"paid": "a", "cost": "b"}, {"a": "int", "b": "int"}),
    ],
)
def pays(row: Row, paid: ColumnName, cost: ColumnName) -> str:
    low, high = row.column(cost).sql, row.column(paid).sql
    return f"{high} >= {low} OR {high} = 0"
"""
NO_SHOP = r"""

@pattern(about="The shop's prefix goes.", examples=[PatternExample("SHOP-12", "12"), PatternExample("12", "12")])
def without_shop(text: str) -> str:
    return f"regexp_replace({text}, '^SHOP-', '')"
"""
SALES = """
table: silver.sales
from: sales_conformed
columns:
  code:  {type: string, rules: [stock_code, shop_code: B1]}
  price: {type: int, normalize: [without_shop]}
  cost:  {type: int}
rules:
  pays_its_cost: {pays: {paid: price, cost: cost}, on_fail: warn}
"""


SHOP_RULES += NO_SHOP


def own_project(
    folder: Path, module: str = SHOP_RULES, settings: str = '[tool.medallion]\nrules = ["shop_rules"]\n'
) -> Path:
    """A project folder with the template's helper package and these own rules."""
    folder.mkdir(exist_ok=True)
    (folder / "medallion").symlink_to(PACKAGE)
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    (folder / "shop_rules.py").write_text(module, encoding="utf-8")
    (folder / "contracts" / "silver").mkdir(parents=True)
    (folder / "contracts" / "silver" / "sales.yml").write_text(SALES, encoding="utf-8")
    return folder
