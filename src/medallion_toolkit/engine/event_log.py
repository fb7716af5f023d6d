"""The pipeline event log in the workspace's shape, one JSON line an event.

Columns and the paths inside `details` follow the documented event log (ldp/monitor-event-logs), so that the
gates and monitoring SQL of a project run unchanged here and there.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from medallion_toolkit.engine.expectations import Counts

SCHEMA = (
    "id STRING, sequence STRUCT<control_plane_seq_no: BIGINT>, "
    "origin STRUCT<pipeline_id: STRING, pipeline_name: STRING, update_id: STRING, dataset_name: STRING, "
    "flow_name: STRING>, timestamp TIMESTAMP, message STRING, level STRING, "
    "error STRUCT<fatal: BOOLEAN, exceptions: ARRAY<STRUCT<class_name: STRING, message: STRING>>>, "
    "details STRING, event_type STRING, maturity_level STRING"
)


@dataclass
class EventLog:
    """Appends the events of one update to a pipeline's log."""

    path: Path
    pipeline_id: str
    pipeline_name: str
    update_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        _end_last_line(self.path)

    def create_update(self, full_refresh: bool) -> None:
        details = {"create_update": {"cause": "USER_ACTION", "full_refresh": full_refresh}}
        self._write("create_update", f"Update {self.update_id[:6]} started", details)

    def update_progress(self, state: str) -> None:
        level = "ERROR" if state == "FAILED" else "INFO"
        self._write(
            "update_progress", f"Update {self.update_id[:6]} is {state}.", {"update_progress": {"state": state}}, level
        )

    def flow_progress(
        self,
        dataset: str,
        flow: str,
        status: str,
        counts: Counts | None = None,
        error: str | None = None,
        is_cdc: bool = False,
    ) -> None:
        details: dict[str, object] = {"flow_progress": {"status": status, **_metrics(dataset, counts, is_cdc)}}
        level = "ERROR" if status == "FAILED" else "WARN" if status in ("SKIPPED", "STOPPED") else "INFO"
        self._write("flow_progress", f"Flow '{flow}' is {status}.", details, level, dataset, flow, error)

    def note(self, dataset: str, text: str) -> None:
        """What the workspace would have shown as a stop and a restart."""
        self._write("flow_progress", text, {"flow_progress": {"status": "RUNNING"}}, "WARN", dataset)

    def recovered(self, update_id: str, dataset: str, flow: str, counts: Counts, is_cdc: bool) -> None:
        """Counts that a killed update committed and could not write down."""
        details = {"flow_progress": {"status": "RUNNING", **_metrics(dataset, counts, is_cdc)}}
        message = f"Flow '{flow}' committed rows before its update was interrupted."
        self._write("flow_progress", message, details, "INFO", dataset, flow, update_id=update_id)

    def close_interrupted(self) -> None:
        """End the updates that were killed before they could say so."""
        open_updates: dict[str, None] = {}
        for event in self.events():
            if event["event_type"] == "create_update":
                open_updates[event["origin"]["update_id"]] = None
            elif _is_final(event):
                open_updates.pop(event["origin"]["update_id"], None)
        for update_id in open_updates:
            details = {"update_progress": {"state": "CANCELED"}}
            message = f"Update {update_id[:6]} was interrupted."
            self._write("update_progress", message, details, "ERROR", update_id=update_id)

    def counted_flows(self) -> frozenset[tuple[str, str, str]]:
        """Update, dataset and flow of every event that carries counts."""
        return frozenset(
            (event["origin"]["update_id"], event["origin"]["dataset_name"], event["origin"]["flow_name"])
            for event in self.events()
            if event["event_type"] == "flow_progress" and '"metrics"' in event["details"]
        )

    def events(self) -> Iterator[dict[str, Any]]:
        """The events so far, oldest first."""
        if self.path.exists():
            with self.path.open(encoding="utf-8") as log:
                yield from map(json.loads, log)

    def _write(
        self,
        event_type: str,
        message: str,
        details: Mapping[str, object],
        level: str = "INFO",
        dataset: str | None = None,
        flow: str | None = None,
        error: str | None = None,
        update_id: str | None = None,
    ) -> None:
        with self._lock:
            self._number += 1
            now = datetime.now(UTC)
            event = {
                "id": str(uuid.uuid4()),
                "sequence": {"control_plane_seq_no": int(now.timestamp() * 1_000_000) + self._number},
                "origin": {
                    "pipeline_id": self.pipeline_id,
                    "pipeline_name": self.pipeline_name,
                    "update_id": update_id or self.update_id,
                    "dataset_name": dataset,
                    "flow_name": flow,
                },
                "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "message": message,
                "level": level,
                "error": {"fatal": True, "exceptions": [{"class_name": "", "message": error}]} if error else None,
                "details": json.dumps(details),
                "event_type": event_type,
                "maturity_level": "STABLE",
            }
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as log:
                log.write(json.dumps(event) + "\n")


def _is_final(event: Mapping[str, Any]) -> bool:
    if event["event_type"] != "update_progress":
        return False
    return json.loads(event["details"])["update_progress"]["state"] in ("COMPLETED", "FAILED", "CANCELED")


def _end_last_line(path: Path) -> None:
    """Take away the piece of an event that a killed run left at the end."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("r+b") as log:
        log.seek(-1, os.SEEK_END)
        if log.read(1) == b"\n":
            return
        log.seek(0)
        whole = log.read()
        log.truncate(whole.rfind(b"\n") + 1)


def _metrics(dataset: str, counts: Counts | None, is_cdc: bool) -> dict[str, object]:
    if counts is None:
        return {}
    quality = {
        "dropped_records": counts.dropped,
        "expectations": [
            {
                "name": outcome.name,
                "dataset": dataset,
                "passed_records": outcome.passed,
                "failed_records": outcome.failed,
            }
            for outcome in counts.expectations
        ],
    }
    if is_cdc:
        metrics = {"num_upserted_rows": counts.written, "num_deleted_rows": counts.deleted}
    else:
        metrics = {"num_output_rows": counts.written}
    return {"metrics": metrics, "data_quality": quality}
