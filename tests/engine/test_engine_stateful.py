"""Stateful streams against plain Python: watermarks, windows, duplicates, joins, over two runs with late rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest
from local_project import LocalProject

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.update import DatasetResult

DELAY, WINDOW, GAP = 10, 10, 5


@dataclass(frozen=True)
class Event:
    """One delivered event; `minute` counts from noon."""

    id: str
    user: str
    minute: int
    amount: int

    def as_row(self) -> dict[str, object]:
        return {"id": self.id, "user": self.user, "ts": clock(self.minute), "amount": self.amount}


def clock(minute: int) -> str:
    return f"2026-03-01 {12 + minute // 60:02d}:{minute % 60:02d}:00"


FIRST = [
    Event("e1", "ann", 0, 1),
    Event("e2", "ann", 3, 2),
    Event("e2", "ann", 3, 2),
    Event("e3", "bob", 4, 3),
    Event("e4", "ann", 12, 4),
    Event("e5", "bob", 27, 5),
    Event("e6", "ann", 31, 6),
]
# The first run's watermark is 12:21: e7 and the second e1 are late, e8 is not, e6 comes again within the watermark.
SECOND = [
    Event("e7", "ann", 5, 70),
    Event("e1", "ann", 0, 1),
    Event("e8", "bob", 25, 8),
    Event("e6", "ann", 31, 6),
    Event("e9", "ann", 35, 9),
    Event("e10", "bob", 64, 10),
]
RUNS = (FIRST, SECOND)

EVENTS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.events AS
SELECT * FROM STREAM read_files('${landing}/events', format => 'json',
    schema => 'id STRING, user STRING, ts TIMESTAMP, amount INT');
CREATE OR REFRESH STREAMING TABLE ${bronze}.clicks AS
SELECT * FROM STREAM read_files('${landing}/clicks', format => 'json', schema => 'id STRING, clicked_at TIMESTAMP');
CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.users AS
SELECT * FROM VALUES ('ann', 'Ann'), ('bob', 'Bob') AS people (user, name);
"""
STATEFUL = """
CREATE OR REFRESH STREAMING TABLE ${silver}.windows AS
SELECT window.start AS started, count(*) AS events, sum(amount) AS amount
FROM STREAM(${bronze}.events) WATERMARK ts DELAY OF INTERVAL 10 MINUTES AS e
GROUP BY window(ts, '10 minutes');

CREATE OR REFRESH STREAMING TABLE ${silver}.sessions AS
SELECT user, session_window.start AS started, session_window.end AS ended, sum(amount) AS amount
FROM STREAM ${bronze}.events WATERMARK ts DELAY OF INTERVAL 10 MINUTES
GROUP BY user, session_window(ts, '5 minutes');

CREATE OR REFRESH STREAMING TABLE ${silver}.by_user AS
SELECT user, count(*) AS events, sum(amount) AS amount FROM STREAM(${bronze}.events) GROUP BY user;

CREATE OR REFRESH STREAMING TABLE ${silver}.distinct_ids AS SELECT DISTINCT id FROM STREAM(${bronze}.events);

CREATE OR REFRESH STREAMING TABLE ${silver}.named AS
SELECT e.id, u.name FROM STREAM(${bronze}.events) AS e JOIN ${bronze}.users AS u ON e.user = u.user;

CREATE OR REFRESH STREAMING TABLE ${silver}.clicked AS
SELECT e.id, e.ts, c.clicked_at
FROM STREAM(${bronze}.events) WATERMARK ts DELAY OF INTERVAL 10 MINUTES AS e
JOIN STREAM(${bronze}.clicks) WATERMARK clicked_at DELAY OF INTERVAL 10 MINUTES AS c
  ON e.id = c.id AND c.clicked_at BETWEEN e.ts AND e.ts + INTERVAL 20 MINUTES;
"""
PYTHON = """
from pyspark import pipelines as dp
from pyspark.sql.functions import expr

bronze = spark.conf.get("bronze")

@dp.table
def within_watermark():
    events = spark.readStream.table(f"{bronze}.events").withWatermark("ts", "10 minutes")
    return events.dropDuplicatesWithinWatermark(["id"])

@dp.table
def with_or_without_click():
    events = spark.readStream.table(f"{bronze}.events").withWatermark("ts", "10 minutes").alias("e")
    clicks = spark.readStream.table(f"{bronze}.clicks").withWatermark("clicked_at", "10 minutes").alias("c")
    near = expr("e.id = c.id AND clicked_at BETWEEN ts AND ts + INTERVAL 20 MINUTES")
    return events.join(clicks, near, "left_outer").select("e.id", "ts", "clicked_at")
"""
CLICKS = ([("e1", 2), ("e6", 32)], [("e6", 40), ("e9", 36), ("e5", 4), ("x", 64)])


def marks(runs: Sequence[Sequence[Event]]) -> list[tuple[int, int]]:
    """Per run the watermark that tells late rows, and the one that closes windows at its end."""
    found, mark = [], -1_000
    for rows in runs:
        late, mark = mark, max(mark, max(row.minute for row in rows) - DELAY)
        found.append((late, mark))
    return found


def closed_windows(runs: Sequence[Sequence[Event]]) -> list[tuple[str, int, int]]:
    open_rows: dict[int, list[Event]] = defaultdict(list)
    for rows, (late, _) in zip(runs, marks(runs), strict=True):
        for row in rows:
            start = row.minute // WINDOW * WINDOW
            if start + WINDOW > late:
                open_rows[start].append(row)
    last = marks(runs)[-1][1]
    return sorted(
        (clock(start), len(rows), sum(row.amount for row in rows))
        for start, rows in open_rows.items()
        if start + WINDOW <= last
    )


def closed_sessions(runs: Sequence[Sequence[Event]]) -> list[tuple[str, str, str, int]]:
    kept: dict[str, list[Event]] = defaultdict(list)
    for rows, (late, _) in zip(runs, marks(runs), strict=True):
        for row in rows:
            if row.minute + GAP > late:
                kept[row.user].append(row)
    found, last = [], marks(runs)[-1][1]
    for user, rows in kept.items():
        ordered = sorted(rows, key=lambda row: row.minute)
        while ordered:
            session = [ordered.pop(0)]
            while ordered and ordered[0].minute < session[-1].minute + GAP:
                session.append(ordered.pop(0))
            start, end = session[0].minute, session[-1].minute + GAP
            if end <= last:
                found.append((user, clock(start), clock(end), sum(row.amount for row in session)))
    return sorted(found)


def first_of_each(runs: Sequence[Sequence[Event]]) -> list[str]:
    """Ids that are not late and whose first row has expired, or that were not there before."""
    expires: dict[str, int] = {}
    found = []
    for rows, (late, mark) in zip(runs, marks(runs), strict=True):
        for row in rows:
            if row.minute > late and row.id not in expires:
                expires[row.id] = row.minute + DELAY
                found.append(row.id)
        expires = {key: end for key, end in expires.items() if end > mark}
    return sorted(found)


def texts(rows: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Timestamps as text, numbers as they are."""
    found = (tuple(value if isinstance(value, int) or value is None else str(value) for value in row) for row in rows)
    return sorted(found, key=str)


@dataclass(frozen=True)
class TwoRuns:
    """The project after both runs, and what the first run gave."""

    project: LocalProject
    first: dict[str, DatasetResult]

    def rows(self, name: str, *columns: str) -> list[tuple[object, ...]]:
        return texts(self.project.rows(name, *columns))


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> TwoRuns:
    """All stateful tables after two runs."""
    files = {"sql/bronze/events.sql": EVENTS, "sql/silver/stateful.sql": STATEFUL, "python/stateful.py": PYTHON}
    project = LocalProject(tmp_path_factory.mktemp("stateful"), session_source, files)
    given = []
    for number, (events, clicks) in enumerate(zip(RUNS, CLICKS, strict=True)):
        project.deliver(f"day{number}", [event.as_row() for event in events], "events")
        project.deliver(f"day{number}", [{"id": key, "clicked_at": clock(at)} for key, at in clicks], "clicks")
        given.append(project.results())
        assert not {name: str(one.error) for name, one in given[-1].items() if one.outcome in ("failed", "skipped")}
    return TwoRuns(project, given[0])


@pytest.mark.fidelity(
    "A window aggregation with a watermark appends a window once the watermark has passed its end",
    source="ldp/stateful-processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "Rows behind the watermark of the run before are dropped from an aggregation",
    source="structured-streaming/watermarks",
    verdict="same",
)
@pytest.mark.fidelity(
    "Open windows survive the end of an update and go on in the next one",
    source="ldp/stateful-processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "The WATERMARK clause of SQL adds a watermark to a streaming relation, before or without an alias",
    source="sql-ref-syntax-qry-select-watermark",
    verdict="same",
)
def test_windows_close_when_the_watermark_passes_them_and_late_rows_are_dropped(streams: TwoRuns) -> None:
    assert closed_windows(RUNS[:1]) == [(clock(0), 4, 8), (clock(10), 1, 4)]
    assert streams.first["silver.windows"].counts.written == 2
    assert streams.rows("windows") == closed_windows(RUNS)
    assert sum(row[1] for row in closed_windows(RUNS)) < len(FIRST) + len(SECOND) - 1


@pytest.mark.fidelity(
    "Session windows grow over updates and are appended when the watermark closes them",
    source="ldp/stateful-processing",
    verdict="same",
)
def test_sessions_grow_over_two_runs(streams: TwoRuns) -> None:
    assert streams.rows("sessions") == closed_sessions(RUNS)
    assert ("bob", clock(25), clock(32), 13) in closed_sessions(RUNS)


@pytest.mark.fidelity(
    "A streaming aggregation without a watermark rewrites its table with all groups in every update",
    source="ldp/stateful-processing",
    verdict="same",
)
def test_an_aggregation_without_a_watermark_rewrites_its_table(streams: TwoRuns) -> None:
    expected = dict.fromkeys(("ann", "bob"), (0, 0))
    for event in (*FIRST, *SECOND):
        count, amount = expected[event.user]
        expected[event.user] = (count + 1, amount + event.amount)
    assert streams.rows("by_user") == [(user, *figures) for user, figures in expected.items()]


@pytest.mark.fidelity(
    "dropDuplicatesWithinWatermark keeps the first row of a key until the watermark has passed it",
    source="ldp/stateful-processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "SELECT DISTINCT over a stream remembers its keys over updates when there is no watermark",
    source="ldp/stateful-processing",
    verdict="same",
)
def test_duplicates_are_dropped_over_runs(streams: TwoRuns) -> None:
    assert [row[0] for row in streams.rows("within_watermark", "id")] == first_of_each(RUNS)
    assert [row[0] for row in streams.rows("distinct_ids")] == sorted({event.id for event in (*FIRST, *SECOND)})


@pytest.mark.fidelity(
    "A stream joined with a static table looks up each new row in the table as it is at the update",
    source="ldp/stateful-processing",
    verdict="same",
)
def test_a_stream_joins_a_static_table(streams: TwoRuns) -> None:
    names = {"ann": "Ann", "bob": "Bob"}
    assert streams.rows("named") == sorted((event.id, names[event.user]) for event in (*FIRST, *SECOND))


@pytest.mark.fidelity(
    "An inner stream-stream join with watermarks finds partners that arrived in an earlier update",
    source="ldp/stateful-processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "A left outer stream-stream join appends a row without partner when the watermark rules one out",
    source="ldp/stateful-processing",
    verdict="same",
)
def test_two_streams_join_over_runs(streams: TwoRuns) -> None:
    events = [event for rows, (late, _) in zip(RUNS, marks(RUNS), strict=True) for event in rows if event.minute > late]
    clicks = [click for rows, late in zip(CLICKS, (-1_000, 21), strict=True) for click in rows if click[1] > late]
    pairs = [
        (event.id, clock(event.minute), clock(at))
        for event in events
        for key, at in clicks
        if key == event.id and event.minute <= at <= event.minute + 20
    ]
    assert Counter(streams.rows("clicked")) == Counter(pairs)
    matched = {pair[:2] for pair in pairs}
    expired = [(event.id, clock(event.minute)) for event in events if event.minute + 20 < 54]
    alone = [(*one, None) for one in expired if one not in matched]
    assert Counter(streams.rows("with_or_without_click")) == Counter([*pairs, *alone])
    assert ("e2", clock(3), None) in alone
