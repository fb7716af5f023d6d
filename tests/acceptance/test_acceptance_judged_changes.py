"""Row conservation and AUTO CDC through a contract with rules, for any events, orders and batches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from judged_changes import DAYS, TEXTS, Change, as_bigint, deliver, make_judged_project, split
from silent_watcher import Silent

from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
from medallion_toolkit.engine.session import SessionOnDemand
from tests.engine.cdc_oracle import Event, latest_rows, versions

KEYS = 40
BATCHES = 2
ops = st.sampled_from(["insert", "update", "delete", None])
one_event = st.tuples(
    st.sampled_from(["1", "2", "3", "4", "5", "6", None, "x"]), st.sampled_from(TEXTS), st.sampled_from(DAYS), ops
)
feeds = st.lists(st.lists(one_event, min_size=1, max_size=6), min_size=KEYS, max_size=KEYS)
hard = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def changes_of(feed: list[list[tuple[str | None, ...]]]) -> list[Change]:
    """Events of all keys in one order; every seventh has no key, equal events get numbers of their own."""
    found = []
    for at, events in enumerate(feed):
        for event in events:
            number = len(found)
            found.append(Change(number, None if number % 7 == 6 else f"K{at}", *event))
    return sorted(found, key=lambda change: (change.number * 7919) % 101)


@pytest.fixture
def play(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> Callable[..., LocalRun]:
    """Deliver changes in batches to a fresh project, one run each."""

    def played(changes: list[Change], history: int | None) -> LocalRun:
        root = make_judged_project(tmp_path_factory.mktemp("judged"), history)
        size = len(changes) // BATCHES + 1
        for batch in range(BATCHES):
            deliver(root, f"batch{batch}", changes[batch * size : (batch + 1) * size])
            run = LocalRun.open(root, None, session_source)
            result = run_project(run, RunOptions(select=("+silver.changes", "silver.changes_quarantine")), Silent())
            assert result.ok, [one.error for update in result.updates for one in update.datasets if one.error]
        return run

    return played


def quarantined(run: LocalRun) -> dict[str, set[str]]:
    rows = read_rows(run, "silver.changes_quarantine", 10_000)
    assert rows.total == len({row["number"] for row in rows.values}), "a row is quarantined twice"
    return {str(row["number"]): {str(one["rule"]) for one in reasons(row["_errors"])} for row in rows.values}


def differing(found: dict[str, set[str]], expected: dict[str, set[str]], changes: list[Change]) -> list[str]:
    """The changes whose reasons differ, few enough to read."""
    wrong = [change for change in changes if found.get(str(change.number)) != expected.get(str(change.number))]
    return [f"{change}: {found.get(str(change.number))} not {expected.get(str(change.number))}" for change in wrong[:5]]


def reasons(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    assert value, "reasons are never an empty list"
    return value


@hard
@given(feed=feeds)
def test_every_plain_row_is_valid_or_quarantined_with_every_reason(play: Callable[..., LocalRun], feed: list) -> None:
    changes = changes_of(feed)
    run = play(changes, None)
    valid, rejected = split(changes, has_keys=False)
    assert differing(quarantined(run), rejected, changes) == []
    kept = read_rows(run, "silver.changes", 10_000).values
    assert sorted(str(row["number"]) for row in kept) == sorted(str(change.number) for change in valid)
    assert len(changes) == len(kept) + len(rejected)


@hard
@given(feed=feeds)
def test_type_1_through_a_contract_keeps_the_last_valid_event(play: Callable[..., LocalRun], feed: list) -> None:
    changes = changes_of(feed)
    run = play(changes, 1)
    valid, rejected = split(changes, has_keys=True)
    assert differing(quarantined(run), rejected, changes) == []
    expected = latest_rows(unambiguous(valid))
    ambiguous = {change.key for change in valid} - {event.key for event in unambiguous(valid)}
    rows = [row for row in read_rows(run, "silver.changes", 10_000).values if row["key"] not in ambiguous]
    assert {(row["key"], row["number"]) for row in rows} == {(key, str(value)) for key, value, *_ in expected}


@hard
@given(feed=feeds)
def test_type_2_through_a_contract_keeps_every_version(play: Callable[..., LocalRun], feed: list) -> None:
    changes = changes_of(feed)
    run = play(changes, 2)
    valid, rejected = split(changes, has_keys=True)
    assert differing(quarantined(run), rejected, changes) == []
    assert not [change for change in valid if change.is_delete and str(change.number) in rejected]
    rows = read_rows(run, "silver.changes", 10_000).values
    plain = unambiguous(valid)
    ambiguous = {change.key for change in valid} - {event.key for event in plain}
    found = {(row["key"], row["__START_AT"], row["__END_AT"]) for row in rows if row["key"] not in ambiguous}
    assert found == {(key, start, end) for key, *_, start, end in versions(plain)}


def unambiguous(valid: list[Change]) -> list[Event]:
    """Events of the keys that no two different events share a sequence of; what wins there is not defined."""
    by_key: dict[str, list[Change]] = {}
    for change in valid:
        by_key.setdefault(str(change.key), []).append(change)
    plain = [events for events in by_key.values() if len({change.event for change in events}) == len(events)]
    return [
        Event(
            str(change.key),
            as_bigint(change.event) or 0,
            None if change.is_delete else change.number,
            None,
            change.is_delete,
        )
        for events in plain
        for change in events
    ]
