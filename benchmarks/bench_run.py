"""`medallion run` against the same work written by hand, over three million generated rows.

The two alternate, five times each, every time from nothing and in a process of its own; the hand-written
script runs in the faster of its two ways. Compared are the medians of wall time and of the JVM's peak memory.
ROWS and TIMES in the environment make it smaller; figures of a smaller run are not comparable.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from big_orders import ROWS, make_project
from child import run_child

TIME_AIM, MEMORY_AIM = 1.15, 1.2
MODES = ("persist", "reread")


def main() -> int:
    times, rows = int(os.environ.get("TIMES", "5")), int(os.environ.get("ROWS", str(ROWS)))
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(Path(folder))
        landing = project / "fixtures/landing/orders"
        run_child("big_orders", str(landing), str(rows))
        trial = {mode: _by_hand(landing, Path(folder), mode) for mode in MODES}
        mode = min(MODES, key=lambda name: float(str(trial[name]["seconds"])))
        by_hand, by_tool = [], []
        for _ in range(times):
            by_tool.append(_by_tool(project))
            by_hand.append(_by_hand(landing, Path(folder), mode))
    return _report(by_tool, by_hand, mode)


def _report(by_tool: list[dict[str, object]], by_hand: list[dict[str, object]], mode: str) -> int:
    print(f"# medallion\n{by_tool[0]['plan']}\n# by hand, {mode}\n{by_hand[0]['plan']}", file=sys.stderr)
    ok = True
    for name, key, unit, aim in (
        ("run_time", "seconds", "s", TIME_AIM),
        ("run_memory", "peak_mb", "MB", MEMORY_AIM),
    ):
        tool, hand = (statistics.median(float(str(one[key])) for one in many) for many in (by_tool, by_hand))
        ratio = tool / hand
        ok = ok and ratio <= aim
        for label, value, kind in ((name, tool, unit), (f"{name}_by_hand", hand, unit)):
            print(json.dumps({"name": label, "value": round(value, 1), "unit": kind, "aim": "", "ok": True}))
        print(
            json.dumps(
                {"name": f"{name}_ratio", "value": round(ratio, 3), "unit": "x", "aim": f"<= {aim}", "ok": ratio <= aim}
            )
        )
    return 0 if ok else 1


def _by_tool(project: Path) -> dict[str, object]:
    shutil.rmtree(project / ".medallion", ignore_errors=True)
    return run_child("tool_run", str(project))


def _by_hand(landing: Path, folder: Path, mode: str) -> dict[str, object]:
    state = folder / "by_hand"
    shutil.rmtree(state, ignore_errors=True)
    return run_child("hand_written", str(landing), str(state), mode)


if __name__ == "__main__":
    sys.exit(main())
