"""A run may be killed at any moment: the next one ends with the rows and the counts of an undisturbed run."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import killed_runs
import pytest

from medallion_toolkit.engine.lock import hold_lock
from medallion_toolkit.engine.rows import read_rows
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import EnvironmentProblem

Tables = dict[str, Counter[tuple[str, ...]]]


def tables(root: Path, source: SessionOnDemand) -> Tables:
    """Every table's rows, as they are published; of the images of snapshots only those of the last one."""
    run = LocalRun.open(root, None, source)
    found = {name: _rows(run, name) for name in killed_runs.TABLES}
    return {**found, "silver.images": _rows(run, "silver.images", "id", "events", "amount", where="__END_AT IS NULL")}


def _rows(run: LocalRun, name: str, *columns: str, where: str | None = None) -> Counter[tuple[str, ...]]:
    rows = read_rows(run, name, 100_000, where=where)
    return Counter(tuple(str(row[column]) for column in columns or rows.columns) for row in rows.values)


def figures(root: Path, source: SessionOnDemand) -> dict[str, int]:
    """What the event log says was written and judged, over all updates, killed ones too."""
    events = source.spark().read.json(str(root / ".medallion" / "events" / "ingest.jsonl"))
    events = events.where("event_type = 'flow_progress'")
    path = "get_json_object(details, '$.flow_progress.{0}')"
    kind = "ARRAY<STRUCT<passed_records: BIGINT, failed_records: BIGINT>>"
    records = f"from_json({path.format('data_quality.expectations')}, '{kind}')"
    rows = events.selectExpr(
        "origin.dataset_name AS dataset",
        f"coalesce(CAST({path.format('metrics.num_output_rows')} AS BIGINT), 0)"
        f" + coalesce(CAST({path.format('metrics.num_upserted_rows')} AS BIGINT), 0)"
        f" + coalesce(CAST({path.format('metrics.num_deleted_rows')} AS BIGINT), 0) AS written",
        f"coalesce(aggregate({records}, 0L, (s, x) -> s + x.failed_records), 0L) AS failed",
    )
    sums = rows.groupBy("dataset").agg({"written": "sum", "failed": "sum"})
    found = {}
    for row in sums.collect():
        if row["dataset"].split(".")[-1] in ("events", "checked", "now", "history"):
            found[f"{row['dataset']} written"] = row["sum(written)"]
            found[f"{row['dataset']} failed"] = row["sum(failed)"]
    return found


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand
) -> tuple[Tables, dict[str, int]]:
    """Two days, each run to its end."""
    root = killed_runs.make(tmp_path_factory.mktemp("undisturbed"))
    for day in (0, 1):
        killed_runs.deliver(root, day)
        assert killed_runs.run(root).code == 0
    return tables(root, session_source), figures(root, session_source)


def check_kills(
    root: Path, kills: int, chance: random.Random, source: SessionOnDemand, expected: tuple[Tables, dict[str, int]]
) -> None:
    """Two days with kills in between; then what is there equals the undisturbed runs."""
    killed_runs.make(root)
    for kill in range(kills):
        if kill == kills // 2:
            killed_runs.deliver(root, 1)
        ended = killed_runs.run_and_kill(root, chance.randrange(9), chance.random() * 2)
        if ended.jvm and killed_runs.is_alive(ended.jvm):
            with pytest.raises(EnvironmentProblem), hold_lock(root / ".medallion", patience=0):
                raise AssertionError
    killed_runs.deliver(root, 1)
    last = killed_runs.run(root)
    assert last.code == 0, last.output
    assert tables(root, source) == expected[0]
    assert figures(root, source) == expected[1]


@pytest.mark.fidelity(
    "A stream continues after a crash from its checkpoint: every row is written exactly once",
    source="ldp/concepts, platform.md §2",
    verdict="same",
)
def test_three_kills_lose_and_double_nothing(
    tmp_path: Path, session_source: SessionOnDemand, undisturbed: tuple[Tables, dict[str, int]]
) -> None:
    check_kills(tmp_path, 3, random.Random(7), session_source, undisturbed)


@pytest.mark.long
def test_twenty_five_kills_lose_and_double_nothing(
    tmp_path: Path, session_source: SessionOnDemand, undisturbed: tuple[Tables, dict[str, int]]
) -> None:
    check_kills(tmp_path, 25, random.Random(11), session_source, undisturbed)


def test_of_two_runs_started_together_one_waits_and_both_end_well(tmp_path: Path) -> None:
    root = killed_runs.make(tmp_path)
    command = [sys.executable, "-m", "medallion_toolkit", "run", "--project", str(root)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=300)[0] for process in both]
    codes = sorted(process.returncode for process in both)
    text = "\n".join(outputs)
    assert codes in ([0, 0], [0, 3])
    assert ("waiting for" in text) or ("unchanged" in text)
    assert codes == [0, 0] or "MED509" in text


def test_a_lost_session_ends_the_run_cleanly_and_the_next_goes_on(tmp_path: Path) -> None:
    root = killed_runs.make(tmp_path)
    ended = killed_runs.run_and_lose_jvm(root, 2)
    assert ended.code == 3, ended.output
    assert "MED510" in ended.output
    assert "Traceback" not in ended.output
    assert killed_runs.run(root).code == 0
