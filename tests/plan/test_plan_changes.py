"""A change has the effect that the platform's documentation states; nothing is contacted, no session starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from change_base import BASE, Case, Files, edit
from flow_change_cases import FLOW_CASES
from small_project import make_project
from table_change_cases import TABLE_CASES

from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.model import EFFECTS, PAGES, ConsequencePlan, DatasetPlan

CASES = (*FLOW_CASES, *TABLE_CASES)


def project(folder: Path, overrides: Files) -> Project:
    files = {**BASE, **overrides}
    return load_project(make_project(folder, {path: text for path, text in files.items() if text is not None}))


def planned(tmp_path: Path, after: Files, before: Files | None = None, allow: tuple[str, ...] = ()) -> ConsequencePlan:
    return compare(project(tmp_path / "was", before or {}), project(tmp_path / "now", after), "main", allow)


def dataset(plan: ConsequencePlan, name: str) -> DatasetPlan | None:
    return next((one for one in plan.datasets if one.name == name), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_has_its_effect(case: Case, tmp_path: Path) -> None:
    found = dataset(planned(tmp_path, case.after, case.before), case.dataset)
    if case.statement is None:
        assert found is None, found
        return
    assert found is not None
    assert found.effect == case.effect, found.reasons
    assert case.statement in {reason.statement for reason in found.reasons}


def test_there_are_sixty_cases_and_every_statement_is_met() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
    met = {case.statement for case in CASES} - {None}
    assert met <= set(PAGES)
    assert {case.effect for case in CASES} == set(EFFECTS)


def test_what_reads_a_changed_table_is_named_and_the_place_that_breaks(tmp_path: Path) -> None:
    plan = planned(tmp_path, edit("sql/silver/paid.sql", "try_cast(amount AS DOUBLE) AS amount, ", ""))
    found = dataset(plan, "silver.paid")
    assert found is not None
    assert found.consumers == ("gold.daily", "gold.listed", "gold.top")
    assert found.columns_gone == ("amount",)
    assert found.broken == ("amount in gold.daily   sql/gold/daily.sql:4",)
    assert [one.name for one in plan.refused] == ["silver.paid"]


def test_a_grave_effect_needs_a_word_for_the_dataset_or_the_effect(tmp_path: Path) -> None:
    after = edit("sql/silver/kept.sql", "KEYS (order_id)", "KEYS (order_id, amount)")
    assert [one.name for one in planned(tmp_path / "a", after).refused] == ["silver.kept"]
    assert planned(tmp_path / "b", after, allow=("silver.kept",)).refused == ()
    assert planned(tmp_path / "c", after, allow=("undefined results",)).refused == ()


def test_changed_resources_are_told_field_by_field(tmp_path: Path) -> None:
    was = project(tmp_path / "was", {})
    changed = (tmp_path / "was/databricks.yml").read_text().replace("name: shop marts", "name: shop figures")
    now = project(tmp_path / "now", {"databricks.yml": changed})
    (change,) = compare(was, now, "main").resources
    assert (change.resource, change.field) == ("pipelines.marts", "name")
    assert "figures" in str(change.after)
