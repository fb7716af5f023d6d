"""`medallion test --create`: few rows of the last run, masked, in a test that passes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from silent_watcher import Silent
from small_project import write_files

from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import RunError
from medallion_toolkit.scaffold.project import create_project
from medallion_toolkit.testing.cases import find_cases, read_cases
from medallion_toolkit.testing.creating import create_test
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.masking import fake, shown_in, traced
from medallion_toolkit.testing.running import run_case
from medallion_toolkit.testing.writing import case_text


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> LocalRun:
    """The sample project; nothing has run."""
    folder = tmp_path_factory.mktemp("created")
    create_project(folder, {"project_name": "shop"})
    return LocalRun.open(folder / "shop", None, session_source)


@pytest.mark.spark
def test_the_examples_of_the_page_pass(run: LocalRun, repository: Path, tmp_path: Path) -> None:
    blocks = (repository / "docs" / "testing.md").read_text("utf-8").split("```yaml\n# ")[1:]
    write_files(tmp_path, {block.split("\n")[0]: block.split("\n", 1)[1].split("```")[0] for block in blocks})
    cases, known = find_cases(tmp_path), Known()
    assert len(cases) == 4
    assert {case.name: run_case(run, case, known).lines for case in cases} == {case.name: () for case in cases}


@pytest.mark.spark
def test_created_tests_show_rules_deletes_and_no_personal_data(run: LocalRun) -> None:
    root = run.project.bundle.root
    with pytest.raises(RunError, match="MED413"):
        create_test(run, "silver.orders")
    assert run_project(run, RunOptions(select=("+silver.orders", "silver.orders_quarantine")), Silent()).ok
    old = (root / "tests/silver/orders.yml").read_text("utf-8")
    made = create_test(run, "silver.orders")
    text = (root / "tests/silver/orders.yml").read_text("utf-8")
    assert (made.path, made.masked) == ("tests/silver/orders.yml", ("bronze.orders.email",))
    assert text.startswith(old)
    case = find_cases(root, "silver.orders", "rows of the last run")[0]
    given = case.runs[0]["bronze.orders"]
    assert "delete" in {str(row["op"]).lower() for row in given}
    reasons = {reason for row in case.expect["silver.orders_quarantine"] for reason in row["_errors"]}
    quarantine = read_rows(run, "silver.orders_quarantine", 100).values
    assert reasons == {reason["rule"] for row in quarantine for reason in row["_errors"]}
    assert len(reasons) > 3
    assert len(given) <= len(reasons) + 4
    assert case.expect["silver.orders"]
    landed = (root / "fixtures/landing/orders/2026-11-20.json").read_text("utf-8")
    emails = [str(row["email"]) for row in given if row["email"]]
    assert emails
    assert not [email for email in emails if email in landed]


def test_fakes_are_stable_and_keep_their_shape() -> None:
    assert fake("Ada.B9@x.org") == fake("Ada.B9@x.org") != "Ada.B9@x.org"
    assert fake("ADA@X.ORG").lower() == fake(" ada@x.org ").strip()
    assert [char.isalpha() for char in fake("Ada.B9@x.org")] == [char.isalpha() for char in "Ada.B9@x.org"]
    assert len(fake("x" * 100)) == 100
    assert dt.date.fromisoformat(fake("1980-02-29")) < dt.date(1980, 2, 29)
    assert fake("2026-99-99") != "2026-99-99"
    assert isinstance(fake(Decimal("12.50")), Decimal)
    assert [fake(None), fake(True), fake("")] == [None, True, ""]
    assert fake(["ab1"]) == [fake("ab1")]


def test_a_secret_is_found_wherever_it_is_written() -> None:
    rows = [{"mail": " Ada@X.org", "first": "Ada", "country": "AD", "note": "to ada@x.org", "city": "Bonn"}]
    assert traced(rows, ["ada@x.org", None]) == {"mail", "first", "note"}
    assert shown_in("- {mail: ADA@x.org}", ["ada@x.org"])
    assert not shown_in("- {country: AD}", ["ad", None])


def test_values_are_read_as_they_were_written(tmp_path: Path) -> None:
    row = {
        "word": "paid",
        "no": "no",
        "text": 'a "quoted": {x}\n',
        "amount": Decimal("10.50"),
        "long": Decimal("12345678901234567890.12"),
        "at": dt.datetime.fromisoformat("2026-01-02T03:04:05"),
        "on": dt.date(2026, 1, 2),
        "flag": True,
        "none": None,
        "list": ["a", 1],
        "nested": {"a b": None},
    }
    file = tmp_path / "a.yml"
    file.write_text(
        "tests:\n" + case_text("one: two", {"bronze.a": [row], "bronze.b": []}, {"silver.a": [{}]}), "utf-8"
    )
    (case,) = read_cases(file, tmp_path)
    assert case.name == "one: two"
    assert case.runs[0]["bronze.b"] == ()
    found = case.runs[0]["bronze.a"][0]
    same = ("word", "no", "text", "flag", "none", "list", "nested")
    assert {name: found[name] for name in same} == {name: row[name] for name in same}
    assert Decimal(str(found["amount"])) == row["amount"]
    assert (found["long"], found["at"], str(found["on"])) == (str(row["long"]), "2026-01-02 03:04:05", "2026-01-02")
