"""What `medallion test` says: choice of tests, JUnit, exit codes. No Spark: the results are made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import write_files
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import ConfigError, Place, UsageError
from medallion_toolkit.testing.cases import Case, find_cases, read_cases
from medallion_toolkit.testing.junit import junit_document, write_junit
from medallion_toolkit.testing.running import CaseResult

FILES = {
    "tests/silver/orders.yml": "tests:\n  a delete removes the order:\n    expect: {silver.orders: []}\n"
    "  a missing customer is quarantined:\n    expect: {silver.orders: []}\n",
    "tests/gold/sales.yml": "tests:\n  a returned order counts:\n    expect: {gold.sales: []}\n",
}


def result(name: str, lines: tuple[str, ...] = (), is_error: bool = False, path: str = "silver/orders") -> CaseResult:
    case = Case(name, Place(f"tests/{path}.yml", 7, 3), (), {})
    return CaseResult(case, not lines, 0.25, lines, is_error)


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [(None, None, 3), ("silver.orders", None, 2), ("gold", None, 1), (None, "ORDERS: a delete", 1), (None, "order", 3)],
)
def test_tests_are_chosen_by_table_and_text(tmp_path: Path, name: str | None, text: str | None, count: int) -> None:
    write_files(tmp_path, FILES)
    assert len(find_cases(tmp_path, name, text)) == count


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["silver.order"], "did you mean silver.orders?"),
        (["-k", "a deleted removes the order"], "did you mean a delete"),
    ],
)
def test_a_choice_that_leaves_nothing_is_a_usage_error(tmp_path: Path, arguments: list[str], advice: str) -> None:
    write_files(tmp_path, FILES)
    found = CliRunner().invoke(app, ["test", *arguments, "--project", str(tmp_path)])
    assert found.exit_code == UsageError.exit_code == 2
    assert "MED430" in found.stderr
    assert advice in found.stderr


def test_junit_tells_failures_from_errors(tmp_path: Path) -> None:
    file = tmp_path / "out" / "junit.xml"
    cases = [
        result("good <&>"),
        result("differs", ("silver.orders:", "  expected | actual \x00")),
        result("breaks", ("MED221 no column",), is_error=True, path="gold/sales"),
    ]
    write_junit(cases, 1.5, file)
    assert file.read_text("utf-8").count('name="good &lt;&amp;&gt;"') == 1
    root = junit_document(cases, 1.5)
    figures = {"tests": "3", "failures": "1", "errors": "1", "skipped": "0", "time": "1.500"}
    assert root.attrib == {"name": "medallion test", **figures}
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("silver.orders", "2", "1"),
        ("gold.sales", "1", "0"),
    ]
    good, differs, breaks = root.iter("testcase")
    assert good.attrib == {
        "classname": "silver.orders",
        "name": "good <&>",
        "file": "tests/silver/orders.yml",
        "line": "7",
        "time": "0.250",
    }
    assert len(good) == 0
    assert differs.find("failure").text == "tests/silver/orders.yml:7:3\nsilver.orders:\n  expected | actual ?"
    assert breaks.find("error").get("message") == "MED221 no column"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("given: {}", "MED432"),
        ("expect_rules: {silver.orders: {rule: many}}", "MED432"),
        ("expect_rules: {silver.orders: 1}", "MED432"),
        ("expect_dropped: {silver.orders: true}", "MED432"),
        ("fails: {code: MED410}", "MED432"),
        ("fails: {dataset: silver.orders, rules: x}", "MED433"),
        ("expects: {}", "MED433"),
    ],
)
def test_what_a_test_file_says_wrong_is_named(tmp_path: Path, body: str, code: str) -> None:
    write_files(tmp_path, {"tests/silver/orders.yml": f"tests:\n  one:\n    {body}\n"})
    with pytest.raises(ConfigError) as found:
        read_cases(tmp_path / "tests" / "silver" / "orders.yml", tmp_path)
    assert (found.value.code, found.value.place.path) == (code, "tests/silver/orders.yml")
