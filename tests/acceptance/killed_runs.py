"""A project of every flow kind, run by the command, killed in the middle and run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from small_project import make_project

FILES = {
    "sql/bronze/events.sql": """-- Change events as they came, two files a batch.
CREATE OR REFRESH STREAMING TABLE ${bronze}.events
AS SELECT *, _metadata.file_name AS _source_file
FROM STREAM read_files('${landing}/orders', format => 'json', maxFilesPerTrigger => 2,
    schema => 'id STRING, amount STRING, at INT, op STRING', rescuedDataColumn => '_rescued_data');
""",
    "sql/silver/checked.sql": """-- Rows with a number.
CREATE OR REFRESH STREAMING TABLE ${silver}.checked (
    CONSTRAINT amount_is_number EXPECT (try_cast(amount AS INT) IS NOT NULL) ON VIOLATION DROP ROW,
    CONSTRAINT amount_is_small EXPECT (try_cast(amount AS INT) < 50)
) AS SELECT id, amount, at, op FROM STREAM(${bronze}.events);
""",
    "sql/silver/now.sql": """CREATE OR REFRESH STREAMING TABLE ${silver}.now;
CREATE FLOW now_from_checked AS AUTO CDC INTO ${silver}.now FROM STREAM(${silver}.checked)
KEYS (id) APPLY AS DELETE WHEN op = 'delete' SEQUENCE BY at COLUMNS * EXCEPT (op) STORED AS SCD TYPE 1;
""",
    "sql/silver/history.sql": """CREATE OR REFRESH STREAMING TABLE ${silver}.history;
CREATE FLOW history_from_checked AS AUTO CDC INTO ${silver}.history FROM STREAM(${silver}.checked)
KEYS (id) APPLY AS DELETE WHEN op = 'delete' SEQUENCE BY at COLUMNS * EXCEPT (op) STORED AS SCD TYPE 2;
""",
    "python/snapshot.py": """
from pyspark import pipelines as dp

dp.create_streaming_table("shop.silver.images")
dp.create_auto_cdc_from_snapshot_flow(
    target="shop.silver.images", source="shop.silver.totals", keys=["id"], stored_as_scd_type=2)
""",
    "sql/silver/totals.sql": """CREATE OR REFRESH MATERIALIZED VIEW ${silver}.totals
AS SELECT id, count(*) AS events, sum(try_cast(amount AS INT)) AS amount FROM ${bronze}.events GROUP BY id;
""",
    "sql/gold/summary.sql": """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.summary
AS SELECT count(*) AS ids, sum(CAST(amount AS INT)) AS amount FROM ${silver}.now;
""",
}
TABLES = ("bronze.events", "silver.checked", "silver.now", "silver.history", "silver.totals", "gold.summary")
FILES_A_DAY = 8


def make(root: Path) -> Path:
    """The project with its first day of files."""
    return deliver(make_project(root, FILES), 0)


def deliver(root: Path, day: int) -> Path:
    """Another day of change events: many keys, some deletes, some amounts that are no numbers, out of order."""
    for file in range(FILES_A_DAY):
        rows = [_row(day * 1000 + file * 40 + number) for number in range(40)]
        text = "".join(json.dumps(row) + "\n" for row in reversed(rows))
        (root / f"landing/orders/{day}-{file}.json").write_text(text, encoding="utf-8")
    return root


def _row(number: int) -> Mapping[str, object]:
    amount = "a lot" if number % 13 == 0 else str(number % 97)
    op = "delete" if number % 7 == 0 else "upsert"
    return {"id": f"K{number * 31 % 60}", "amount": amount, "at": number, "op": op}


@dataclass(frozen=True)
class Ended:
    """How a run of the command ended; `alive` is the JVM it left behind, 0 for none."""

    code: int
    output: str
    jvm: int = 0


def run(root: Path) -> Ended:
    done = subprocess.run(_command(root), capture_output=True, text=True, timeout=300, check=False)
    return Ended(done.returncode, done.stdout + done.stderr)


def run_and_kill(root: Path, after_lines: int, delay: float) -> Ended:
    """Run, and end Python with SIGKILL `delay` seconds after the given number of lines on its terminal."""
    with subprocess.Popen(_command(root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if len(lines) > after_lines:
                break
        time.sleep(delay)
        jvm = child_of(process.pid)
        process.kill()
        process.wait()
        return Ended(process.returncode, "".join(lines), jvm)


def run_and_lose_jvm(root: Path, after_lines: int) -> Ended:
    """Run, and end the JVM with SIGKILL after the given number of lines on its terminal."""
    with subprocess.Popen(_command(root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(after_lines)]
        end(child_of(process.pid))
        lines += process.stderr.readlines()
        return Ended(process.wait(), "".join(lines))


def child_of(process: int) -> int:
    """The process that a thread of `process` has started, 0 when there is none."""
    threads = Path(f"/proc/{process}/task").iterdir()
    children = [child for thread in threads for child in (thread / "children").read_text(encoding="ascii").split()]
    return int(children[0]) if children else 0


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]


def end(process: int) -> None:
    if process and is_alive(process):
        os.kill(process, signal.SIGKILL)


def _command(root: Path) -> list[str]:
    return [sys.executable, "-m", "medallion_toolkit", "run", "--project", str(root)]
