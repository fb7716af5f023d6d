"""Follow an update to its end: at most one request a second, through network errors, and again after a restart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.updates.events import new_events
from medallion_toolkit.deployment.updates.progress import ENDED, UpdateProgress
from medallion_toolkit.deployment.workspace import asked
from medallion_toolkit.errors import WorkspaceError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

# Two requests every so many seconds: the page of new events, and the update's state.
EVERY_SECONDS = 2.0
PATIENCE_SECONDS = 600.0
# The last event of an update may come later than its state; so many looks are waited for it.
LOOKS_AFTER_THE_END = 5


@dataclass
class Follower:
    """Follows updates of one workspace; `sleep` and `now` are the clock."""

    client: WorkspaceClient
    target: str
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep)
    now: Callable[[], float] = time.monotonic
    troubles: list[str] = field(default_factory=list)

    def follow(self, pipeline: str, update: str) -> Iterator[UpdateProgress]:
        """The update's progress each time it has changed, the last one with its final state.

        Nothing is kept between calls: a new call reads the same events from the beginning.
        """
        progress, known = UpdateProgress(update, self.target), set[str]()
        passing = _passing_errors()
        quiet_since: float | None = None
        looks = 0
        while True:
            try:
                events = new_events(self.client, pipeline, update, known)
                state = self._state(pipeline, update)
            except passing as error:
                quiet_since = quiet_since if quiet_since is not None else self.now()
                self._note(error, self.now() - quiet_since)
                self.sleep(EVERY_SECONDS)
                continue
            quiet_since = None
            looks += state in ENDED
            if events:
                progress = progress.after(events)
            if not progress.has_ended and looks > LOOKS_AFTER_THE_END:
                progress = replace(progress, state=state)
            if events or progress.has_ended:
                yield progress
            if progress.has_ended:
                return
            self.sleep(EVERY_SECONDS)

    def _state(self, pipeline: str, update: str) -> str:
        found = self.client.pipelines.get_update(pipeline, update).update
        return found.state.value if found and found.state else "CREATED"

    def _note(self, error: Exception, silent: float) -> None:
        self.troubles.append(str(error))
        if silent > PATIENCE_SECONDS:
            raise WorkspaceError(
                "MED713",
                f"the workspace has not answered for {int(silent // 60)} minutes",
                found=str(error),
                help="the update goes on without anybody looking",
                next=f"medallion watch -t {self.target}",
            ) from error


def progress_now(client: WorkspaceClient, target: str, pipeline: str, update: str) -> UpdateProgress:
    """What an update's events tell at this moment."""
    with asked("tell the events of an update"):
        return UpdateProgress(update, target).after(new_events(client, pipeline, update, set()))


def _passing_errors() -> tuple[type[Exception], ...]:
    """Errors of the workspace that another try may not see."""
    from databricks.sdk.errors import platform

    return (
        OSError,
        platform.TooManyRequests,
        platform.TemporarilyUnavailable,
        platform.InternalError,
        platform.DeadlineExceeded,
    )
