"""Every way a contract makes its tables keeps every row once: valid, quarantined or dropped, over several runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contract_flows import FORMS, PRINTED, contract_text, ids, make_project, random_rows
from local_project import LocalProject

from medallion import read_contract
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.update import DatasetResult
from medallion_toolkit.report.from_run import conservation
from medallion_toolkit.report.schema_changes import schema_changes

pytestmark = pytest.mark.spark
ROWS = 150
Results = dict[str, DatasetResult]


def now() -> datetime:
    return datetime.now(UTC).astimezone().replace(tzinfo=None)


class Finished:
    """A project after two runs: the second brought new rows to the streams and to the table of the backfill."""

    def __init__(self, project: LocalProject) -> None:
        self.runs: list[Results] = []
        self.times: list[datetime] = [now()]
        for day in ("one", "two"):
            for name in ("lines", "more", "old"):
                project.deliver(day, random_rows(len(name) + 10 * (day == "two"), ROWS), folder=name)
            self.runs.append(project.results())
            self.times.append(now())
        self.opened = project.open()
        self._read: dict[str, Sequence[Mapping[str, object]]] = {}

    def rows(self, name: str, *columns: str) -> list[tuple[object, ...]]:
        if name not in self._read:
            self._read[name] = read_rows(self.opened, name, 10_000).values
        return [tuple(row[column] for column in columns) for row in self._read[name]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand, repository: Path) -> Finished:
    return Finished(make_project(tmp_path_factory.mktemp("flows"), session_source, repository))


def parts(project: Finished, form: str, name: str) -> dict[str, Counter[str]]:
    """Row ids by where they ended."""
    if form in ("flagged", "tagged"):
        return {"kept": ids(project.rows(f"silver.{name}", "_row_id"))}
    quarantined = ids(project.rows(f"silver.{name}_quarantine", "_row_id"))
    if form == "unstored":
        return {"valid": ids(project.rows(f"silver.{name}", "_row_id")), "quarantined": quarantined}
    checked = project.rows(f"silver.{name}_checked", "_row_id", "_dropped", "_errors")
    found = {
        "valid": ids(row for row in checked if not row[1] and row[2] is None),
        "quarantined": quarantined,
        "dropped": ids(row for row in checked if row[1]),
    }
    assert quarantined == ids(row for row in checked if row[2] is not None)
    if form in ("stored", "several", "viewed"):
        assert found["valid"] == ids(project.rows(f"silver.{name}", "_row_id"))
    return found


def came_in(project: Finished, form: str) -> Counter[str]:
    rows = ids(project.rows("bronze.lines", "_row_id"))
    if form == "several":
        rows += ids(project.rows("bronze.more", "_row_id"))
        rows += ids(row for row in project.rows("bronze.old", "_row_id", "_source_file") if row[1] == "one.json")
    return rows


def test_every_dataset_is_made_in_both_runs(project: Finished) -> None:
    for run in project.runs:
        assert {name: str(one.error) for name, one in run.items() if one.error} == {}


NAMES = [(form, form) for form in FORMS] + [(form, f"{form}_sql") for form in PRINTED]


@pytest.mark.parametrize(("form", "name"), NAMES)
def test_every_row_is_in_exactly_one_place(project: Finished, form: str, name: str) -> None:
    found = parts(project, form, name)
    missing = came_in(project, form) - sum(found.values(), Counter())
    doubled = sum(found.values(), Counter()) - came_in(project, form)
    assert not doubled
    if form in ("flagged", "tagged", "unstored"):
        counted = sum(run[f"silver.{counted_in(form, name)}"].counts.dropped for run in project.runs)
        dropped = counted if form != "unstored" else dropped_by_rule(project, f"silver.{name}_quarantine")
        assert missing.total() == dropped > 0
    else:
        assert not missing
    assert all(rows for rows in found.values())


@pytest.mark.parametrize("name", ["stored", "unstored", "several", "viewed", "versions"])
def test_the_report_adds_up(project: Finished, name: str) -> None:
    for results in project.runs:
        found = conservation(
            project.opened.project, {f"shop.{key}": one for key, one in results.items()}, f"shop.silver.{name}"
        )
        assert found is not None
        assert found.adds_up
        assert found.dropped


def counted_in(form: str, name: str) -> str:
    return read_contract(contract_text(form, name)).counted_in


def dropped_by_rule(project: Finished, table: str) -> int:
    return sum(
        one.failed for run in project.runs for one in run[table].counts.expectations if one.name == "row_is_kept"
    )


def test_all_forms_give_one_verdict(project: Finished) -> None:
    """The reasons do not depend on how the tables are made, and counts are the same wherever they stand."""
    reasons = {
        name: {
            row[0]: reasons
            for row in project.rows(f"silver.{name}_quarantine", "_row_id", "_errors")
            if (reasons := own(row[1]))
        }
        for name in ("stored", "unstored", "viewed", "viewed_sql")
    }
    assert all(found == reasons["stored"] for found in reasons.values())
    assert any(len(rules) > 2 for rules in reasons["stored"].values())
    counts = {
        form: [
            (
                one.name,
                sum(
                    other.failed
                    for run in project.runs
                    for other in run[key].counts.expectations
                    if other.name == one.name
                ),
            )
            for one in sorted(project.runs[0][key].counts.expectations, key=lambda rule: rule.name)
            if one.name != "row_is_quarantined"
        ]
        for form, key in {form: f"silver.{counted_in(form, form)}" for form in ("stored", "unstored")}.items()
    }
    assert counts["stored"] == counts["unstored"]


def own(errors: Sequence[Mapping[str, object]]) -> list[object]:
    """The rules a row failed by itself."""
    return [one["rule"] for one in errors if one["rule"] not in ("line_id_known", "line_id_unique")]


@pytest.mark.parametrize("name", ["several", "several_sql", "viewed", "viewed_sql"])
def test_what_another_table_does_not_know_is_quarantined(project: Finished, name: str) -> None:
    for line_id, dropped, errors in project.rows(f"silver.{name}_checked", "line_id", "_dropped", "_errors"):
        if not dropped:
            is_reason = "line_id_known" in {one["rule"] for one in errors or ()}
            assert is_reason == (line_id not in (None, "A", "B", "C"))


UNIQUE = ("line_id", "at", "quantity", "_source_file", "_row_id")


@pytest.mark.parametrize("name", ["viewed", "viewed_sql"])
def test_of_equal_rows_one_stays_and_it_is_the_same_one(project: Finished, name: str) -> None:
    first: dict[tuple[object, ...], object] = {}
    rows = [(row[:3], row[3:5], row[5]) for row in project.rows(f"silver.{name}_checked", *UNIQUE, "_context")]
    for key, place, _ in rows:
        first[key] = min(first.get(key, place), place)
    assert len(first) < len(rows) - 10
    for key, place, context in rows:
        assert context["line_id_unique"] == (None in key or first[key] == place)


def test_tags_name_the_rules_and_stay_empty_otherwise(project: Finished) -> None:
    tags = {name: dict(project.rows(f"silver.{name}", "_row_id", "_tags")) for name in ("stored", "unstored", "viewed")}
    assert tags["stored"] == tags["unstored"]
    assert tags["viewed"].items() <= tags["stored"].items()
    assert {str(found) for found in tags["stored"].values()} == {"None", "['price_usual']"}
    every = {str(row[0]): row[1] for row in project.rows("silver.tagged", "_row_id", "_tags")}
    found = [set(tags or ()) for tags in every.values()]
    assert {"line_id_present", "price_usual", "quantity_typed"} <= set().union(*found)
    assert set() in found
    assert all(tags is None or tags for tags in every.values())
    flagged = project.rows("silver.flagged", "_row_id", "_is_valid", "_validation_errors")
    assert all(is_valid == (errors is None) for _, is_valid, errors in flagged)


def test_new_columns_of_the_source_are_kept_as_the_contract_says_and_recorded(project: Finished) -> None:
    extra = [row[0] for row in project.rows("silver.versions_checked", "_extra") if row[0]]
    assert {tuple(found) for found in extra} == {("loyalty",)}
    assert {found["loyalty"] for found in extra} == {"1", "2", "gold"}
    assert any(row[0] for row in project.rows("silver.versions", "_extra"))
    assert any(row[0] for row in project.rows("silver.stored_checked", "_rescued_data"))
    assert not any(row[0] for row in project.rows("silver.stored", "_rescued_data"))
    for name in ("versions", "stored"):
        found = project.rows(
            f"silver.{name}_schema_changes", "what", "file", "column_name", "before", "after", "changed_at"
        )
        assert sorted(row[1:5] for row in found if row[0] == "column") == [
            ("one.json", "loyalty", "absent", "BIGINT"),
            ("two.json", "loyalty", "BIGINT", "STRING"),
        ]
        results = {f"shop.{key}": one for key, one in project.runs[1].items()}
        shown = [one for one in schema_changes(project.opened, results) if one.dataset == f"silver.{name}"]
        assert [(one.column, one.before, one.after, one.file) for one in shown] == [
            ("loyalty", "absent", "BIGINT", "one.json"),
            ("loyalty", "BIGINT", "STRING", "two.json"),
        ]
        version = {row[0] for row in project.rows(f"silver.{name}_checked", "_contract_version")}
        assert [(row[3], {row[4]}) for row in found if row[0] == "contract"] == [(None, version)]


def test_a_verdict_names_its_contract_and_its_update(project: Finished) -> None:
    judged = project.rows("silver.stored_quarantine", "_checked_at", "_contract_version", "_source_file")
    versions = {row[1] for row in judged}
    assert len(versions) == 1
    started, between, ended = project.times
    times = {file: {row[0] for row in judged if row[2] == file} for file in ("one.json", "two.json")}
    assert all(started <= time <= between for time in times["one.json"])
    assert all(between <= time <= ended for time in times["two.json"])
