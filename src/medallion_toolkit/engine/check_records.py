"""What gates found, kept over runs: one JSON line a check, under the name of the table that the job adds to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from medallion_toolkit.engine.store import Store, write_whole

CHECKS_TABLE = "dq_table_checks"
CHECKS_LAYER = "gold"
CHECKS_FILE = f"{CHECKS_TABLE}.jsonl"
CHECKS_SCHEMA = (
    "judged_at TIMESTAMP, layer STRING, update_id STRING, dataset STRING, check_name STRING, kind STRING, "
    "dimension STRING, severity STRING, action STRING, verdict STRING, ok BOOLEAN, metric DOUBLE, passed BIGINT, "
    "failed BIGINT, observed STRING, limit_value STRING"
)
RECORDED = tuple(column.split()[0] for column in CHECKS_SCHEMA.split(", "))
KEPT = 20_000


def checks_file(store: Store) -> Path:
    """Where the checks of all gates are kept."""
    return store.root / CHECKS_FILE


def keep_checks(store: Store, rows: Sequence[Mapping[str, object]]) -> None:
    """Add the rows of one gate; the oldest beyond twenty thousand are forgotten."""
    path, now = checks_file(store), datetime.now(UTC).isoformat()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines += [json.dumps({name: row[name] for name in RECORDED} | {"judged_at": now}, default=str) for row in rows]
    write_whole(path, "".join(f"{line}\n" for line in lines[-KEPT:]))
