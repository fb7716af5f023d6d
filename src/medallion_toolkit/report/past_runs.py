"""Results of past runs, one JSON file each, and what a dataset's last run did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medallion_toolkit.engine.store import write_whole

KEPT = 50


def save_run(folder: Path, run: Mapping[str, object]) -> Path:
    """Keep a run's result; the oldest beyond fifty are removed."""
    name = str(run["started"]).replace(":", "").replace("+0000", "Z")
    saved = folder / f"{name}.json"
    write_whole(saved, json.dumps(run, default=str))
    for old in sorted(folder.glob("*.json"))[:-KEPT]:
        old.unlink()
    return saved


def read_runs(folder: Path) -> Iterator[dict[str, Any]]:
    """The kept runs, oldest first."""
    for path in sorted(folder.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def last_result(folder: Path, dataset: str) -> Mapping[str, object] | None:
    """What the newest run that had the dataset did with it, with the key `started`; None before the first."""
    for path in sorted(folder.glob("*.json"), reverse=True):
        run = json.loads(path.read_text(encoding="utf-8"))
        for one in run["datasets"]:
            if one["name"] == dataset and one["outcome"] != "unchanged":
                return {**one, "started": run["started"]}
    return None
