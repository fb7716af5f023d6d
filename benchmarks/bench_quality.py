"""What judging costs: a contract's expressions against a bare scan and against the same rules written by hand.

Twenty million rows of Parquet go to a sink that takes every row and writes nothing (`noop`); a `count()` would
let the optimiser leave the reasons out. Each pair alternates, TIMES times (3), and the shortest time of each counts.
The whole way (bronze, checked, table, quarantine in Delta) runs in processes of its own on WHOLE_ROWS rows (3 million).
ROWS, TIMES and WHOLE_ROWS in the environment make it smaller; figures of a smaller run are not comparable.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from child import run_child
from judged_rows import COLUMNS, ROWS, contract_text, rules_by_hand, typed_by_hand, verdict_by_hand

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TEMPLATE = Path(__file__).resolve().parents[1] / "template" / "{{.project_name}}"
EXPRESSIONS_AIM, VALID_AIM, WHOLE_AIM = 1.1, 1.15, 1.25
WHOLE_ROWS = 3_000_000


def main() -> int:
    rows, times = int(os.environ.get("ROWS", str(ROWS))), int(os.environ.get("TIMES", "3"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows"
        run_child("judged_rows", str(source), str(rows))
        met = [_expressions(source, Path(folder), count, times) for count in (5, 20)]
    return 0 if all([*met, _whole(times)]) else 1


def _expressions(source: Path, folder: Path, count: int, times: int) -> bool:
    from medallion_toolkit.engine.session import SessionOnDemand, fit_to_input

    spark = SessionOnDemand(folder / "session").spark()
    fit_to_input(spark, 1 << 40)

    def scan() -> DataFrame:
        return spark.read.parquet(str(source)).selectExpr("*", "'file' AS _source_file")

    steps = _steps(count)
    rules = rules_by_hand(count)
    hand_valid = " AND ".join(rules.values())

    def ours() -> DataFrame:
        frame = scan()
        for step in steps["checked"]:
            frame = frame.selectExpr(*step)
        return frame

    def by_hand() -> DataFrame:
        return scan().selectExpr(*typed_by_hand(count)).selectExpr("*", verdict_by_hand(rules))

    def filtered() -> DataFrame:
        return scan().selectExpr(*typed_by_hand(count)).where(hand_valid).drop("_source")

    ways: dict[str, Callable[[], DataFrame]] = {
        "scan": scan,
        "judged": ours,
        "judged_by_hand": by_hand,
        "valid": lambda: ours().where("_errors IS NULL").selectExpr(*COLUMNS, "_source_file"),
        "valid_by_filter": filtered,
        "quarantine": lambda: ours().where("_errors IS NOT NULL").selectExpr("_source", "_errors", "_source_file"),
    }
    seconds = {name: [] for name in ways}
    for _ in range(times + 1):
        for name, way in ways.items():
            seconds[name].append(_timed(way()))
    best = {name: min(found[1:]) for name, found in seconds.items()}
    best["both"] = best["valid"] + best["quarantine"]
    for name, value in best.items():
        _tell(f"quality_{count}_rules_{name}", value, "s")
    return all([
        _tell(f"quality_{count}_rules_expressions", best["judged"] / best["judged_by_hand"], "x", EXPRESSIONS_AIM),
        _tell(f"quality_{count}_rules_valid_branch", best["valid"] / best["valid_by_filter"], "x", VALID_AIM),
    ])  # fmt: skip


def _steps(count: int) -> dict[str, list[tuple[str, ...]]]:
    """The select lists that the contract's `_checked` is made by."""
    sys.path.insert(0, str(TEMPLATE))
    from medallion import plan_tables, read_contract

    plan = plan_tables(read_contract(contract_text(count)), {})[0]
    return {"checked": [step.select for step in plan.flows[0].steps]}


def _timed(frame: DataFrame) -> float:
    started = time.perf_counter()
    frame.write.format("noop").mode("overwrite").save()
    return time.perf_counter() - started


def _whole(times: int) -> bool:
    from judged_project import make_project

    rows = os.environ.get("WHOLE_ROWS", str(WHOLE_ROWS))
    tool, hand = [], []
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder), contract_text(20))
        landing = project / "fixtures/landing/orders"
        run_child("judged_rows", str(landing), rows)
        for number in range(times):
            hand.append(float(str(run_child("judged_by_hand", str(landing), f"{folder}/by_hand_{number}")["seconds"])))
            subprocess.run(["rm", "-rf", str(project / ".medallion"), f"{folder}/by_hand_{number}"], check=True)
            tool.append(float(str(run_child("tool_run", str(project))["seconds"])))
    _tell("quality_whole_way", min(tool), "s")
    _tell("quality_whole_way_by_hand", min(hand), "s")
    return _tell("quality_whole_way_ratio", min(tool) / min(hand), "x", WHOLE_AIM)


def _tell(name: str, value: float, unit: str, aim: float | None = None) -> bool:
    ok = aim is None or value <= aim
    line = {"name": name, "value": round(value, 3), "unit": unit, "aim": f"<= {aim}" if aim else "", "ok": ok}
    print(json.dumps(line), flush=True)
    return ok


if __name__ == "__main__":
    sys.exit(main())
