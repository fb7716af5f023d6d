"""A change has the effect that the platform's documentation states; nothing is contacted, no session starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from change_base import BASE, Case, Files, edit
from flow_change_cases import FLOW_CASES
from query_change_cases import QUERY_CASES
from small_project import DATABRICKS, make_project
from table_change_cases import TABLE_CASES

from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.plan.comment import as_markdown
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.model import EFFECTS, PAGES, ConsequencePlan, DatasetPlan
from medallion_toolkit.plan.verdict import verdict_line

CASES = (*FLOW_CASES, *TABLE_CASES, *QUERY_CASES)


def project(folder: Path, overrides: Files) -> Project:
    files = {**BASE, **overrides}
    return load_project(make_project(folder, {path: text for path, text in files.items() if text is not None}))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("base"), {})


Planned = Callable[..., ConsequencePlan]


@pytest.fixture
def planned(tmp_path: Path, base: Project) -> Planned:
    def plan(after: Files, before: Files | None = None, allow: tuple[str, ...] = ()) -> ConsequencePlan:
        was = project(tmp_path / "was", before) if before else base
        return compare(was, project(tmp_path / f"now{len(list(tmp_path.iterdir()))}", after), "main", allow)

    return plan


def dataset(plan: ConsequencePlan, name: str) -> DatasetPlan | None:
    return next((one for one in plan.datasets if one.name == name), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_has_its_effect(case: Case, planned: Planned) -> None:
    found = dataset(planned(case.after, case.before), case.dataset)
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


def test_what_reads_a_changed_table_is_named_and_the_place_that_breaks(planned: Planned) -> None:
    plan = planned(edit("sql/silver/paid.sql", "try_cast(amount AS DOUBLE) AS amount, ", ""))
    found = dataset(plan, "silver.paid")
    assert found is not None
    assert found.consumers == ("gold.daily", "gold.listed", "gold.top")
    assert found.columns_gone == ("amount",)
    assert found.broken == ("amount in gold.daily   sql/gold/daily.sql:4",)
    assert [one.name for one in plan.refused] == ["silver.paid"]


def test_what_breaks_needs_a_word_for_the_dataset_itself(planned: Planned) -> None:
    after = edit("sql/silver/paid.sql", "try_cast(amount AS DOUBLE) AS amount, ", "")
    assert planned(after, allow=("new rows only",)).refused != ()
    assert planned(after, allow=("silver.paid",)).refused == ()


def test_a_grave_effect_needs_a_word_for_the_dataset_or_the_effect(planned: Planned) -> None:
    after = edit("sql/silver/kept.sql", "KEYS (order_id)", "KEYS (order_id, amount)")
    assert [one.name for one in planned(after).refused] == ["silver.kept"]
    assert planned(after, allow=("silver.kept",)).refused == ()
    assert planned(after, allow=("undefined results",)).refused == ()


def test_a_full_refresh_reaches_the_streams_behind_it_and_no_batch_reader(planned: Planned) -> None:
    after = edit(
        "sql/silver/stamped.sql", "${silver}.stamped", "${silver}.stamped (order_id BIGINT, _ingested TIMESTAMP)"
    )
    before = edit(
        "sql/silver/stamped.sql", "${silver}.stamped", "${silver}.stamped (order_id STRING, _ingested TIMESTAMP)"
    )
    found = {one.name: one.effect for one in planned(after, before).datasets}
    assert found == {"silver.stamped": "full refresh needed", "silver.counted": "full refresh needed"}


def test_another_catalog_is_told_once_for_each_table_and_by_no_other_reason(planned: Planned) -> None:
    found = dataset(planned({"databricks.yml": DATABRICKS.replace("default: shop", "default: stall")}), "silver.paid")
    assert found is not None
    (reason,) = found.reasons
    assert reason.effect == "dropped with data"
    assert "it is stall.silver.paid in the workspace and was shop.silver.paid" in reason.text


def test_a_mask_that_goes_is_said_in_the_verdict_and_marks_the_comment(planned: Planned) -> None:
    masked = edit("sql/silver/typed.sql", "amount INT", "amount INT MASK ${silver}.mask_int")
    loses, gains = planned({}, masked), planned(masked)
    assert "1 table less protected" in verdict_line(loses)
    assert as_markdown(loses).splitlines()[1].startswith("### ⚠️ since main: 1 metadata only · no full refresh")
    assert as_markdown(gains).splitlines()[1].startswith("### ✅ since main: 1 metadata only · no full refresh")


def test_an_expectation_that_stops_the_update_says_so(planned: Planned) -> None:
    stops = edit("sql/silver/typed.sql", "NOT NULL)\n", "NOT NULL) ON VIOLATION FAIL UPDATE\n")
    found = dataset(planned(stops), "silver.typed")
    assert found is not None
    assert "a row that fails has_id stops the update from now on" in [reason.text for reason in found.reasons]
