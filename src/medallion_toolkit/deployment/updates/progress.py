"""What the events of an update say together: its state, and rows, expectations and failures of each dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from medallion_toolkit.deployment.failures.catalogue import Classified, classify
from medallion_toolkit.deployment.updates.events import Event

ENDED = ("COMPLETED", "FAILED", "CANCELED")
NOT_DONE = ("FAILED", "SKIPPED", "EXCLUDED", "STOPPED", "QUEUED", "STARTING", "PLANNING", "RUNNING")


@dataclass(frozen=True)
class Dataset:
    """A dataset in an update: rows so far, failing rows by expectation, and why it failed."""

    name: str
    status: str = "QUEUED"
    written: int = 0
    upserted: int = 0
    deleted: int = 0
    dropped: int = 0
    failing: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    failure: Classified | None = None

    @property
    def short_name(self) -> str:
        """Schema and table."""
        return ".".join(self.name.split(".")[-2:])


@dataclass(frozen=True)
class UpdateProgress:
    """An update as far as its events tell; `failures` are those of no dataset."""

    update: str
    target: str
    state: str = "CREATED"
    started: str = ""
    ended: str | None = None
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    failures: tuple[Classified, ...] = ()
    errors: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether the update is COMPLETED, FAILED or CANCELED."""
        return self.state in ENDED

    @property
    def not_done(self) -> tuple[str, ...]:
        """Datasets that failed, were skipped or never ran, by name."""
        return tuple(sorted(one.name for one in self.datasets.values() if one.status in NOT_DONE))

    @property
    def all_failures(self) -> tuple[Classified, ...]:
        """Every failure once, those of datasets first."""
        own = [one.failure for one in self.datasets.values() if one.failure]
        known = {one.code for one in own}
        return (*dict.fromkeys(own), *(one for one in self.failures if one.code not in known))

    def after(self, events: Iterable[Event]) -> UpdateProgress:
        """The same with these events taken in, oldest first."""
        progress = self
        for event in events:
            progress = _taken_in(progress, event)
        return progress


def _taken_in(progress: UpdateProgress, event: Event) -> UpdateProgress:
    progress = replace(progress, started=progress.started or event.timestamp)
    if event.level == "ERROR":
        progress = replace(progress, errors=progress.errors + 1)
    if event.type == "update_progress" and event.state:
        ended = event.timestamp if event.state in ENDED else None
        progress = replace(progress, state=event.state, ended=ended)
    name = event.dataset or event.flow
    if event.type in ("flow_progress", "dataset_definition") and name:
        return _with_dataset(progress, name, event)
    if event.failure and event.level == "ERROR":
        return replace(progress, failures=(*progress.failures, classify(event.failure, progress.target)))
    return progress


def _with_dataset(progress: UpdateProgress, name: str, event: Event) -> UpdateProgress:
    before = progress.datasets.get(name, Dataset(name))
    said = event.progress
    metrics, quality = said.get("metrics") or {}, said.get("data_quality") or {}
    failing = dict(before.failing)
    for one in quality.get("expectations") or ():
        passed, failed = failing.get(one["name"], (0, 0))
        failing[one["name"]] = passed + int(one.get("passed_records", 0)), failed + int(one.get("failed_records", 0))
    after = replace(
        before,
        status=str(said.get("status") or before.status),
        written=before.written + int(metrics.get("num_output_rows") or 0),
        upserted=before.upserted + int(metrics.get("num_upserted_rows") or 0),
        deleted=before.deleted + int(metrics.get("num_deleted_rows") or 0),
        dropped=before.dropped + int(quality.get("dropped_records") or 0),
        failing=failing,
        failure=classify(event.failure, progress.target) if event.failure else before.failure,
    )
    return replace(progress, datasets={**progress.datasets, name: after})
