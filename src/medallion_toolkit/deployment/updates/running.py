"""Start an update, follow it, and with healing do what is safe until it completes or a person is needed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

from medallion_toolkit.deployment.grants import Granted, run_statements
from medallion_toolkit.deployment.healing.remedies import with_statements
from medallion_toolkit.deployment.healing.treatments import Treatment, treatment_of
from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
from medallion_toolkit.deployment.updates.following import Follower
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.updates.selection import dataset_kinds, refreshable
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.errors import WorkspaceError

# Statements of the permission script: some need rights that not everybody has, and may have been run already.
OF_AN_ADMINISTRATOR = ("CREATE CATALOG", "GRANT")
RECORD = Path(".medallion") / "deployments"
Told = Callable[[UpdateProgress], None]


@dataclass(frozen=True)
class Attempt:
    """An update that was followed to its end, and what was done about it."""

    progress: UpdateProgress
    treatment: Treatment | None = None


def start_update(signed_in: SignedIn, pipeline: DeployedPipeline, datasets: Sequence[str] = ()) -> str:
    """The id of a new update: of the whole pipeline, or of some tables by full name. Never a full refresh."""
    with asked(f"start the pipeline {pipeline.name}", next=f"medallion status -t {signed_in.bundle.target}"):
        started = signed_in.client.pipelines.start_update(pipeline.id, refresh_selection=list(datasets) or None)
    return str(started.update_id)


def refused_of(ran: Sequence[Granted]) -> Granted | None:
    """The refused statement that leaves nothing to go on with: one that no administrator has to run, or all of them."""
    refused = [one for one in ran if one.refused]
    needed = [one for one in refused if not one.statement.startswith(OF_AN_ADMINISTRATOR)]
    return next(iter(needed or (refused if len(refused) == len(ran) else ())), None)


@dataclass
class Watch:
    """Follows updates of one pipeline; `tell` shows progress, `root` is the project with the record."""

    signed_in: SignedIn
    pipeline: DeployedPipeline
    tell: Told
    root: Path
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep)

    def run(self, update: str, heal: bool) -> Iterator[Attempt]:
        """Every attempt, the last one completed or left to a person.

        Each is given, and what it does recorded, before it is done.
        """
        for tried in count():
            progress = self._followed(update)
            if not heal or progress.state == "COMPLETED":
                yield Attempt(progress)
                return
            treatment = self._treatment(progress, tried)
            self._record(progress, {"tried": tried, **asdict(treatment)})
            yield Attempt(progress, treatment)
            if treatment.does is None:
                return
            update = self._treated(progress, treatment)

    def _followed(self, update: str) -> UpdateProgress:
        target = self.signed_in.bundle.target
        progress = UpdateProgress(update, target)
        for progress in Follower(self.signed_in.client, target, self.sleep).follow(self.pipeline.id, update):
            self.tell(progress)
        return progress

    def _treatment(self, progress: UpdateProgress, tried: int) -> Treatment:
        """What is done about the update; nothing where somebody has gone on from it already."""
        with asked(f"tell the updates of {self.pipeline.name}"):
            newest = self.signed_in.client.pipelines.list_updates(self.pipeline.id, max_results=1).updates
        if newest and newest[0].update_id != progress.update:
            return Treatment(None, f"the update {newest[0].update_id} has begun since")
        treatment = treatment_of(progress, tried)
        return with_statements(treatment, progress, self.signed_in, self.pipeline, self.root)

    def _treated(self, progress: UpdateProgress, treatment: Treatment) -> str:
        """The id of the next update, after what it needs; WorkspaceError when that was refused."""
        ran = run_statements(self.signed_in, treatment.statements) if treatment.statements else ()
        if ran:
            self._record(progress, {"ran": [asdict(one) for one in ran]})
        if refused := refused_of(ran):
            raise WorkspaceError(
                "MED703",
                "the workspace refused to run a statement",
                found=refused.refused,
                expected=refused.statement,
                next=f"medallion status -t {self.signed_in.bundle.target}",
            )
        self.sleep(treatment.wait_seconds)
        kinds = dataset_kinds(self.signed_in.bundle, self.pipeline.key)
        return start_update(self.signed_in, self.pipeline, refreshable(treatment.datasets, kinds))

    def _record(self, progress: UpdateProgress, what: Mapping[str, object]) -> None:
        folder = self.root / RECORD
        folder.mkdir(parents=True, exist_ok=True)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = {"at": at, "pipeline": self.pipeline.key, "update": progress.update, **what}
        with (folder / f"{self.signed_in.bundle.target}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
