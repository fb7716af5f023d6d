"""Verdicts of gates, kept so that a run that changed nothing need not judge again.

A verdict stands while the gate's file and parameters are the same, every check was met, and no table has grown
too old since: a freshness check says until when it holds.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from medallion_toolkit.engine.gates import Check, Gate, GateResult
from medallion_toolkit.engine.store import Store, write_whole

_NEWEST = re.compile(r"newest (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
_OLDEST = re.compile(r"at most (\d+) (days|hours|minutes) old")


def keep_verdict(store: Store, gate: Gate, result: GateResult, root: Path) -> None:
    """Remember a gate whose checks were all met; forget one that missed."""
    path = _path(store, gate)
    if not result.ok:
        path.unlink(missing_ok=True)
        return
    checks = [asdict(check) for check in result.checks]
    write_whole(path, json.dumps({"gate": _digest(gate, root), "checks": checks}))


def standing_verdict(store: Store, gate: Gate, root: Path, now: datetime) -> GateResult | None:
    """The last verdict, when judging again at `now` would find the same."""
    path = _path(store, gate)
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    checks = tuple(Check(**check) for check in kept["checks"])
    if kept["gate"] != _digest(gate, root) or not all(_holds(check, now) for check in checks):
        return None
    return GateResult(gate.name, gate.pipeline, checks)


def _holds(check: Check, now: datetime) -> bool:
    newest, oldest = _NEWEST.search(check.observed), _OLDEST.search(check.limit)
    if oldest is None:
        return True
    if newest is None:
        return False
    since = datetime.fromisoformat(newest.group(1)).replace(tzinfo=UTC)
    return now < since + timedelta(**{oldest.group(2): int(oldest.group(1))})


def _digest(gate: Gate, root: Path) -> str:
    path = root / gate.file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    parameters: Mapping[str, str] = dict(sorted(gate.parameters.items()))
    return hashlib.sha256(json.dumps([text, parameters]).encode()).hexdigest()


def _path(store: Store, gate: Gate) -> Path:
    return store.root / "gates" / f"{gate.pipeline}.{gate.name}.json"
