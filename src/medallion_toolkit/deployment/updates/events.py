"""Events of an update as the REST interface gives them; the SDK's typed event leaves `details` out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

PAGE = 250
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """One line of a pipeline's event log. `details` is the parsed value, whether it came as text or not."""

    id: str
    type: str
    timestamp: str
    level: str
    message: str
    update: str | None
    dataset: str | None
    flow: str | None
    details: Json
    exceptions: tuple[str, ...]

    @classmethod
    def of(cls, raw: Json) -> Event:
        """The event of one answer of the interface."""
        origin, details = raw.get("origin") or {}, raw.get("details") or {}
        error = raw.get("error") or {}
        return cls(
            id=str(raw.get("id", "")),
            type=str(raw.get("event_type", "")),
            timestamp=str(raw.get("timestamp", "")),
            level=str(raw.get("level", "INFO")),
            message=str(raw.get("message", "")),
            update=origin.get("update_id"),
            dataset=_plain(origin.get("dataset_name")),
            flow=_plain(origin.get("flow_name")),
            details=json.loads(details) if isinstance(details, str) else details,
            exceptions=tuple(str(one.get("message", "")) for one in error.get("exceptions") or ()),
        )

    @property
    def state(self) -> str | None:
        """The update's state, where the event tells one."""
        found = self.details.get("update_progress", {}).get("state")
        return str(found) if found else None

    @property
    def failure(self) -> str:
        """Its exceptions as one text, each the cause of the one before; empty without any."""
        return "\nCaused by: ".join(self.exceptions)

    @property
    def progress(self) -> Json:
        """What a flow_progress event says of its flow, else nothing."""
        return cast(Json, self.details.get("flow_progress") or {})


def new_events(
    client: WorkspaceClient,
    pipeline: str,
    update: str,
    known: set[str],
    wait_for_turn: Callable[[], None] = lambda: None,
) -> Sequence[Event]:
    """Events of an update that are not in `known`, oldest first; `known` grows by them.

    `wait_for_turn` is called before each request.
    """
    found: list[Event] = []
    token: str | None = None
    while True:
        query: dict[str, object] = {"max_results": PAGE, "filter": f"update_id = '{update}'"}
        if token:
            query["page_token"] = token
        wait_for_turn()
        answer = cast(Json, client.api_client.do("GET", f"/api/2.0/pipelines/{pipeline}/events", query=query))
        page = [Event.of(raw) for raw in answer.get("events") or ()]
        fresh = [event for event in page if event.id not in known]
        found += fresh
        token = answer.get("next_page_token")
        if not token or len(fresh) < len(page):
            break
    known.update(event.id for event in found)
    return sorted(found, key=lambda event: (event.timestamp, event.id))


def _plain(name: object) -> str | None:
    return str(name).replace("`", "") if name else None
