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

# Between any two requests; the page of new events and the update's state take turns.
BETWEEN_SECONDS = 1.25
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
    asked_at: float | None = None

    def follow(self, pipeline: str, update: str) -> Iterator[UpdateProgress]:
        """The update's progress each time it has changed, the last one with its final state.

        Nothing is kept between calls: a new call reads the same events from the beginning.
        """
        with asked("tell how an update goes", next=f"medallion status -t {self.target}"):
            yield from self._followed(pipeline, update)

    def _followed(self, pipeline: str, update: str) -> Iterator[UpdateProgress]:
        progress, known = UpdateProgress(update, self.target), set[str]()
        answered, looks, told = self.now(), 0, progress
        while not told.has_ended:
            try:
                progress = progress.after(new_events(self.client, pipeline, update, known, self._wait_for_turn))
                state = self._state(pipeline, update)
                looks += state in ENDED
                answered = self.now()
                if not progress.has_ended and looks > LOOKS_AFTER_THE_END:
                    progress = replace(progress, state=state)
            except OSError as error:
                if not _passes(error):
                    raise
                self._note(error, self.now() - answered)
            if progress != told:
                told = progress
                yield progress

    def _wait_for_turn(self) -> None:
        """Sleep until another request may be made."""
        if self.asked_at is not None:
            self.sleep(max(0.0, self.asked_at + BETWEEN_SECONDS - self.now()))
        self.asked_at = self.now()

    def _state(self, pipeline: str, update: str) -> str:
        self._wait_for_turn()
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


def _passes(error: OSError) -> bool:
    """Whether another try may not see the error: one of the network, or of a workspace that is busy."""
    from databricks.sdk.errors import platform
    from databricks.sdk.errors.base import DatabricksError

    busy = (
        platform.TooManyRequests,
        platform.TemporarilyUnavailable,
        platform.InternalError,
        platform.DeadlineExceeded,
    )
    return isinstance(error, busy) or not isinstance(error, DatabricksError)
