"""Rules of a project's own: found by pyproject.toml, known to contracts, refused where they are wrong."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from own_rules import PACKAGE, SALES, SHOP_RULES, own_project
from small_project import ORDERS, PYPROJECT, make_project

from medallion import Contract
from medallion_toolkit.engine.fingerprint import python_files
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.generate.contracts import read_contracts
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.python.project_modules import project_package
from medallion_toolkit.rules.checking import check_own_rules
from medallion_toolkit.rules.listing import list_rules

if TYPE_CHECKING:
    from medallion_toolkit.engine.session import SessionOnDemand


CONFORMED = """CREATE TEMPORARY VIEW sales_conformed AS SELECT order_id AS code, amount AS price, amount AS cost,
    uuid() AS _row_id, _source_file, current_timestamp() AS _ingestion_timestamp, order_id AS _batch_id, _rescued_data
FROM STREAM(${bronze}.orders);
"""


def sales(project: Path) -> Contract:
    return cast(Contract, read_contracts(project)[1][0])


def test_contracts_know_the_rules_of_a_projects_own_module(tmp_path: Path) -> None:
    rules = {rule.name: rule for rule in sales(own_project(tmp_path)).rules}
    assert rules["code_stock_code"].message == "code must be a stock code."
    assert rules["code_of_shop"].condition == "(code IS NULL OR coalesce(startswith(code, 'B1-'), false))"
    assert rules["pays_its_cost"].condition == "coalesce(price >= cost OR price = 0, false)"
    assert rules["pays_its_cost"].columns == ("price", "cost")
    assert rules["pays_its_cost"].message == "price must be at least cost."
    assert "regexp_replace(_source.price, '^SHOP-', '')" in rules["price_typed"].condition


def test_editors_are_offered_own_rules(tmp_path: Path) -> None:
    package = project_package(own_project(tmp_path))
    text = package.project_files((), {})[".vscode/contract.schema.json"]
    assert "Five digits, then capital letters." in text
    assert "What is paid is at least what it costs" in text


def test_each_project_has_its_own_rules_and_the_process_keeps_its_modules(tmp_path: Path) -> None:
    import medallion

    other = SHOP_RULES.replace("stock_code", "batch_code")
    first, second = own_project(tmp_path / "a"), own_project(tmp_path / "b", other)
    assert [rule.name for rule in list_rules(first, None).own] == ["stock_code", "shop_code", "pays"]
    assert [rule.name for rule in list_rules(second, None).own] == ["batch_code", "shop_code", "pays"]
    assert sys.modules["medallion"] is medallion
    assert sys.modules["medallion.rules.kinds"].__name__ == "medallion.rules.kinds"
    assert "shop_rules" not in sys.modules


def test_an_edited_module_is_read_again(tmp_path: Path) -> None:
    project = own_project(tmp_path)
    assert "stock_code" in [rule.name for rule in list_rules(project, None).own]
    (project / "shop_rules.py").write_text(SHOP_RULES.replace("stock_code", "good_code"), encoding="utf-8")
    assert "good_code" in [rule.name for rule in list_rules(project, None).own]


def test_kinds_may_be_listed_as_the_library_lists_them(tmp_path: Path) -> None:
    module = """
from medallion.rules.pattern_kind import pattern_kind

RULES = (pattern_kind("two_digits", "^[0-9]{2}$", "Two digits.", "be two digits", holds=("12",), fails=("1",)),)
"""
    assert [rule.name for rule in list_rules(own_project(tmp_path, module), None).own] == ["two_digits"]


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("def stock_code", "def email", "MED392", "the library"),
        ("def shop_code", "def stock_code", "MED392", "shop_rules.py:"),
        ('Example("x", False), ', "", "MED393", "one that fails"),
        ("startswith({column}", "cast({column} AS INT) = length({column}", "MED394", "try_cast"),
        ("row.column(cost)", 'row.column("costs")', "MED394", "costs"),
        ('return f"{high}', 'return high.lowered() + f"{high}', "MED394", "AttributeError"),
        ("def without_shop", "def trim", "MED392", "the library"),
        ('PatternExample("SHOP-12", "12"), ', "", "MED393", "changes"),
        ("shop: str", "shop: dict[str, int]", "MED391", "dict[str, int]"),
        ("shop: str", "*shop: str", "MED391", "names its arguments"),
        ("from medallion import", "from medalion import", "MED390", "medalion"),
        ("return f", "return return f", "MED390", "not valid Python"),
    ],
)
def test_what_is_wrong_with_an_own_rule_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, code: str, said: str
) -> None:
    assert old in SHOP_RULES
    project = own_project(tmp_path, SHOP_RULES.replace(old, new, 1))
    with pytest.raises(MedallionError) as refused:
        sales(project)
    error = refused.value
    assert error.code == code
    assert error.place is not None
    assert error.place.path == "shop_rules.py"
    assert error.place.line > 0
    assert said in " ".join(filter(None, (error.message, error.found, error.expected, error.help)))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('[tool.medallion]\nrules = "shop_rules"\n', "list of modules"),
        ('[tool.medallion]\nrules = ["shop.rules"]\n', "shop.rules"),
        ('[tool.medallion]\nrules = ["shop_rule"]\n', "did you mean shop_rules?"),
        ("[tool.medallion\n", "not valid TOML"),
    ],
)
def test_a_wrong_entry_of_pyproject_is_an_error(tmp_path: Path, settings: str, said: str) -> None:
    with pytest.raises(MedallionError) as refused:
        sales(own_project(tmp_path, settings=settings))
    assert refused.value.code == "MED390"
    assert str(refused.value.place) == "pyproject.toml"
    assert said in " ".join(filter(None, (refused.value.message, refused.value.found, refused.value.help)))


@pytest.mark.spark
def test_examples_of_own_rules_are_run(tmp_path: Path, session_source: SessionOnDemand) -> None:
    good = check_own_rules(own_project(tmp_path / "good"), session_source)
    assert (good.rules, good.patterns, good.examples, good.wrong) == (3, 1, 11, ())
    assert good.as_text() == "local · rules of this project 3, patterns 1, examples 11: all as stated"
    module = SHOP_RULES.replace('Example("x", False)', 'Example("12345B", False)').replace(
        "startswith({column}", "from_utc_timestamp(DATE '2026-01-01', {column}) IS NULL OR startswith({column}"
    )
    module = module.replace("'^SHOP-'", "'^SHOP'")
    bad = check_own_rules(own_project(tmp_path / "bad", module), session_source)
    assert [(one.rule, one.place.split(":")[0]) for one in bad.wrong] == [
        ("stock_code", "shop_rules.py"),
        ("shop_code", "shop_rules.py"),
        ("without_shop", "shop_rules.py"),
    ]
    assert bad.wrong[2].what == "'SHOP-12' becomes '-12', not '12'"
    assert bad.wrong[0].what == "value '12345B' holds"
    assert "raises" in bad.wrong[1].what


def test_a_pipeline_judges_by_own_rules_and_runs_again_when_they_change(tmp_path: Path) -> None:
    files = {
        "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
        "sql/bronze/orders.sql": ORDERS,
        "sql/silver/sales_conformed.sql": CONFORMED,
        "pyproject.toml": PYPROJECT + '[tool.medallion]\nrules = ["shop_rules"]\n',
        "shop_rules.py": SHOP_RULES,
        "contracts/silver/sales.yml": SALES,
    }
    root = make_project(tmp_path, files)
    shutil.copytree(PACKAGE, root / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
    project = load_project(root, None)
    (checked,) = (node for key, node in project.graph.nodes.items() if key.endswith("silver.sales_checked"))
    conditions = {one.name: one.condition for one in checked.dataset.expectations}
    assert "startswith(code, 'B1-')" in conditions["code_of_shop"]
    assert root / "shop_rules.py" in python_files(project, checked)
