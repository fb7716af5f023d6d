"""Rows that come back end in exactly one place, whatever was mended and however often it is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from engine.local_project import LocalProject
from repair_project import AS_IT_CAME, CONFORMED, FEW, HISTORIES, MORE, WITH_POINT, contracts, make_shop, random_events

from medallion_toolkit.deployment.status.refused_rows import (
    RuleGroup,
    read_groups,
    refused_query,
    rules_query,
    values_query,
)
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.repair.inspection import journey, show_rows
from medallion_toolkit.repair.local import count_rows, insert_open_rows, list_open, plan_replay, replay, settle
from medallion_toolkit.repair.local_tables import local_tables
from medallion_toolkit.repair.model import Counts, Journey, OpenRows, Replayed, ReplayPlan
from medallion_toolkit.repair.package import find_quarantined, replay_sql
from medallion_toolkit.repair.text import journey_text, open_rows_text, plan_text, replayed_text

pytestmark = pytest.mark.spark

EVENTS = random_events(7, 160)
STORED = ("order_id", "amount", "status", "email", "op", "seq")


@dataclass
class Story:
    """What was seen on the way."""

    shop: LocalProject
    found: list[OpenRows] = field(default_factory=list)
    refused: tuple[RuleGroup, ...] = ()
    plans: dict[str, ReplayPlan] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    after: dict[str, Counts] = field(default_factory=dict)
    inserted: dict[str, int] = field(default_factory=dict)
    done: Replayed | None = None
    outcomes: dict[str, str] = field(default_factory=dict)
    corrected: str = ""


@pytest.fixture(scope="module")
def story(session_source: SessionOnDemand, tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Story:
    shop = make_shop(tmp_path_factory.mktemp("shop"), session_source, repository)
    shop.deliver("one", EVENTS[:100])
    shop.deliver("two", EVENTS[100:])
    assert shop.run().ok
    seen = Story(shop, list_open(shop.open()), refused(shop.open(), "lines"))
    shop.write({"sql/silver/orders_conformed.sql": CONFORMED.format(amount=WITH_POINT), **contracts(MORE)})
    run = shop.open()
    seen.plans = {name: plan_replay(run, name) for name in HISTORIES}
    seen.counts |= {name: count_rows(run, name) for name in HISTORIES}
    seen.inserted = {name: insert_open_rows(run, name) for name in HISTORIES}
    seen.inserted["again"] = insert_open_rows(run, "lines")
    seen.plans["waiting"] = plan_replay(run, "lines")
    assert shop.run().ok
    run = shop.open()
    for name in HISTORIES:
        settle(run, name)
        seen.after[name] = count_rows(run, name)
    seen.corrected = correct_one(shop)
    run = shop.open()
    seen.done = replay(shop.root, run, plan_replay(run, "lines"))
    seen.outcomes = {name: one.outcome for name, one in shop.results().items()}
    return seen


def refused(run: LocalRun, name: str) -> tuple[RuleGroup, ...]:
    """What `medallion status` asks of a quarantine."""
    key, contract = find_quarantined(run.project, name)
    sql = replay_sql(run.project)
    with local_tables(run, key, contract) as tables:
        rows = refused_query(contract, sql, 0, is_replayable=True)
        rules = tables.ask(rules_query(rows, ()))
        assert rules == tables.ask(rules_query(refused_query(contract, sql, None, is_replayable=False), ()))
        return read_groups(rules, tables.ask(values_query(rows, [str(one["rule"]) for one in rules])))


def correct_one(shop: LocalProject) -> str:
    """Put right by hand what no rule can: an amount in words."""
    rows = show_rows(shop.open(), "lines", "amount_typed", 1000).values
    row = next(one for one in rows if one["reasons"] == "amount_typed (much)")
    text = f"- row: {row['_row_id']}\n  set: {{amount: 42}}\n  by: Ada\n  why: asked the shop\n"
    shop.write({"corrections/silver/lines.yml": text + "- {row: nobody, set: {amount: 1}, by: Ada, why: test}\n"})
    return str(row["_row_id"])


def test_what_is_open_is_counted_by_rule_and_file(story: Story) -> None:
    lines = next(one for one in story.found if one.table == "silver.lines")
    assert lines.rows == story.counts["lines"].open
    assert sum(lines.by_file.values()) == lines.rows
    assert set(lines.by_file) == {"one.json", "two.json"}
    assert {"amount_typed", "status_allowed", "email_email", "order_id_present"} <= set(lines.by_rule)
    assert "silver.lines" in open_rows_text(story.found)


def test_the_rules_that_most_rows_fail_are_told_with_their_values_and_files(story: Story) -> None:
    lines = next(one for one in story.found if one.table == "silver.lines")
    assert {one.rule: one.rows for one in story.refused} == dict(list(lines.by_rule.items())[:3])
    values = {one.rule: one.values for one in story.refused}
    assert set(values["amount_typed"]) == {"12,50", "7,5", "much"}
    assert all(sum(one.values.values()) == one.rows and one.files == 2 for one in story.refused)


@pytest.mark.parametrize("name", HISTORIES)
def test_the_plan_says_what_the_present_rules_would_do(story: Story, name: str) -> None:
    plan = story.plans[name]
    assert plan.rows == plan.passing + plan.failing + plan.same + plan.dropped
    assert (plan.gone, plan.waiting) == (0, 0)
    assert min(plan.passing, plan.failing, plan.same) > 3
    assert "status_allowed" in plan.reasons
    assert f"{plan.passing} would pass" in plan_text(plan)


@pytest.mark.parametrize("name", HISTORIES)
def test_a_replay_that_breaks_off_after_the_insert_goes_on_and_doubles_nothing(story: Story, name: str) -> None:
    plan, before, after = story.plans[name], story.counts[name], story.after[name]
    assert story.inserted[name] == plan.passing + plan.failing
    assert (before.is_conserved, after.is_conserved) == (True, True)
    assert (after.rows, after.valid) == (before.rows, before.valid + plan.passing)
    assert after.open == plan.failing + plan.same
    if name == "lines":
        assert after.in_table == after.valid


def test_rows_that_wait_are_not_inserted_again(story: Story) -> None:
    plan = story.plans["waiting"]
    assert story.inserted["again"] == 0
    assert (plan.waiting, plan.passing, plan.is_empty) == (story.inserted["lines"], 0, False)


def test_a_history_is_what_it_had_been_with_the_right_rules_from_the_start(
    story: Story, session_source: SessionOnDemand, tmp_path: Path, repository: Path
) -> None:
    """Out of order, deletes before and after the replayed row, type 1 and 2."""
    right = make_shop(tmp_path, session_source, repository, WITH_POINT, MORE)
    right.deliver("one", EVENTS[:100])
    right.deliver("two", EVENTS[100:])
    assert right.run().ok
    assert story.shop.rows("silver.newest", *STORED) == right.rows("silver.newest", *STORED)
    bounds = ("__START_AT", "__END_AT")
    assert story.shop.rows("silver.versions", *STORED, *bounds) == right.rows("silver.versions", *STORED, *bounds)


def test_a_second_replay_brings_nothing_back_but_what_was_corrected(story: Story) -> None:
    done = story.done
    assert done is not None
    assert done.ok
    assert done.before == story.after["lines"]
    assert "every row is in exactly one place" in replayed_text(done)
    assert (done.plan.passing, done.plan.failing) == (1, 0)
    assert done.plan.same == done.before.open - 1 == done.after.open
    assert done.after.valid == done.before.valid + 1


def test_a_row_that_fails_for_other_reasons_keeps_its_history(story: Story) -> None:
    """Two attempts in quarantine, or one where the second was the correction; a row that fails as before has one."""
    attempts = Counter(row[0] for row in story.shop.rows("silver.lines_quarantine", "_row_id"))
    assert Counter(attempts.values())[2] == story.plans["lines"].failing
    rows = story.shop.rows("silver.lines_quarantine", "_row_id", "_attempt", "_errors")
    twice = [row for row in rows if attempts[row[0]] == 2]
    assert {row[1] for row in twice} == {0, 1}
    assert len({str((row[0], row[2])) for row in twice}) == len(twice)


def test_a_correction_brings_one_row_back_and_quarantine_keeps_it_as_it_came(story: Story) -> None:
    assert story.done is not None
    plan, row = story.done.plan, story.corrected
    assert (plan.corrected, plan.corrections_elsewhere) == (1, ("nobody",))
    came = story.shop.rows("silver.lines_quarantine", "_row_id", "amount")
    assert {amount for one, amount in came if one == row} == {"much"}
    stored = story.shop.rows("silver.lines", "_row_id", "amount")
    assert [str(amount) for one, amount in stored if one == row] == ["42.00"]


def test_after_a_replay_nothing_is_left_to_run(story: Story) -> None:
    assert {name: one for name, one in story.outcomes.items() if one != "unchanged"} == {}
    assert not list((story.shop.root / ".medallion").glob("tables/**/*_replay"))


def test_the_journey_of_a_row_tells_every_attempt(story: Story) -> None:
    found: Journey = journey(story.shop.open(), "lines", story.corrected[:13])
    kept = [row for (row,) in story.shop.rows("silver.lines_quarantine", "_row_id") if row == story.corrected]
    assert [one.state for one in found.attempts] == [*["quarantined"] * len(kept), "valid"]
    assert (found.row, found.now) == (story.corrected, "in silver.lines")
    assert {rule.name for rule in found.rules if not rule.holds} == set()
    text = journey_text(found)
    assert "amount_typed: amount must be of its declared type. (was much)" in text
    assert "@x.org" not in text


def test_classified_values_are_hidden_unless_asked_for(story: Story) -> None:
    hidden = show_rows(story.shop.open(), "lines", "email_email", 100).values
    shown = show_rows(story.shop.open(), "lines", "email_email", 100, unmasked=True).values
    assert {row["email"] for row in hidden} == {"***"}
    assert {row["email"] for row in shown} == {"nobody"}
    assert all("email_email (***)" in str(row["reasons"]) for row in hidden)


def test_a_full_refresh_in_between_leaves_no_row_twice(story: Story) -> None:
    shop = story.shop
    shop.write({"sql/silver/orders_conformed.sql": CONFORMED.format(amount=AS_IT_CAME), **contracts(FEW)})
    assert insert_open_rows(shop.open(), "versions") > 0
    assert shop.run(full_refresh=("silver.versions_checked", "silver.versions_quarantine", "silver.versions")).ok
    counts = count_rows(shop.open(), "versions")
    assert counts.is_conserved
    assert counts.rows == len(EVENTS)
