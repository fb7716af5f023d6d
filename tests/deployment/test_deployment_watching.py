"""An update is followed to its end: politely, through errors of the network, and again after a restart."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from deployment_proxy import Call, Harm, Proxy, proxy_to

from medallion_toolkit.deployment.updates.following import PATIENCE_SECONDS, Follower
from medallion_toolkit.errors import WorkspaceError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

pytestmark = pytest.mark.cli

EVENTS = Call("GET", "/api/2.0/pipelines/*/events", by="")
STATE = Call("GET", "/api/2.0/pipelines/*/updates/*", by="")
NUMBERS = itertools.count(1)
Json = Any


@dataclass
class Clock:
    """Time that passes only where somebody sleeps; `asked_at` has the moment of each of the requests."""

    seconds: float = 0.0
    requests: Sequence[object] = ()
    asked_at: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.asked_at += [self.seconds] * (len(self.requests) - len(self.asked_at))
        self.seconds += seconds

    def now(self) -> float:
        return self.seconds


@dataclass
class Watched:
    """A pipeline in a workspace of its own, behind the proxy."""

    proxy: Proxy
    client: WorkspaceClient
    token: str
    pipeline: str

    def start(self, **outcome: Json) -> str:
        """The id of a new update that ends so."""
        connection = http.client.HTTPConnection(self.proxy.upstream.removeprefix("http://"), timeout=30)
        body = json.dumps({"pipeline": "ingest", **outcome})
        connection.request("POST", "/__fake/updates", body, {"Authorization": f"Bearer {self.token}"})
        assert connection.getresponse().status == 200
        connection.close()
        update = str(self.client.pipelines.start_update(self.pipeline).update_id)
        self.proxy.disarm()
        return update

    def follower(self, clock: Clock | None = None) -> Follower:
        clock = clock or Clock()
        return Follower(self.client, "dev", clock.sleep, clock.now)


@pytest.fixture(scope="module")
def proxy(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy_to(server_url, tmp_path_factory.mktemp("proxy") / "pid") as running:
        yield running


@pytest.fixture
def watched(proxy: Proxy, workspace: str, tmp_path: Path) -> Watched:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config

    assert workspace
    token = f"dbapi0watched{next(NUMBERS)}"
    proxy.disarm()
    client = WorkspaceClient(
        config=Config(host=proxy.url, token=token, http_timeout_seconds=1, retry_timeout_seconds=2)
    )
    return Watched(proxy, client, token, str(client.pipelines.create(name="ingest", serverless=True).pipeline_id))


def flow(number: int, status: str = "COMPLETED") -> Json:
    dataset = f"shop.silver.t{number}"
    return {
        "event_type": "flow_progress",
        "message": f"Flow '{dataset}' is {status}.",
        "origin": {"dataset_name": dataset, "flow_name": dataset},
        "details": {"flow_progress": {"status": status, "metrics": {"num_output_rows": number}}},
    }


def test_a_second_lies_between_any_two_requests(watched: Watched) -> None:
    update = watched.start(polls=30, events=[flow(number) for number in range(900)])
    clock = Clock(requests=watched.proxy.calls)
    *_, last = watched.follower(clock).follow(watched.pipeline, update)
    clock.sleep(0)
    assert (last.state, len(last.datasets)) == ("COMPLETED", 900)
    assert len(clock.asked_at) == len(watched.proxy.calls) > 60
    assert min(later - earlier for earlier, later in itertools.pairwise(clock.asked_at)) >= 1


def test_errors_of_the_network_and_a_restart_change_nothing(watched: Watched) -> None:
    events = [flow(number, "COMPLETED" if number % 2 else "FAILED") for number in range(8)]
    update = watched.start(state="FAILED", message="[DELTA_CONCURRENT_APPEND] busy", polls=6, events=events)
    first = next(iter(watched.follower().follow(watched.pipeline, update)))
    assert not first.has_ended
    troubled = watched.follower()
    watched.proxy.arm("500", EVENTS, times=2)
    *_, last = troubled.follow(watched.pipeline, update)
    assert (last.state, len(troubled.troubles)) == ("FAILED", 2)
    troubles: tuple[tuple[Harm, Call], ...] = (("drop", EVENTS), ("429", STATE), ("hang", STATE))
    for harm, call in troubles:
        watched.proxy.arm(harm, call)
        *_, again = watched.follower().follow(watched.pipeline, update)
        assert watched.proxy.harmed == 1
        assert again == last


def test_ten_minutes_without_an_answer_are_told(watched: Watched) -> None:
    update = watched.start(polls=3)
    watched.proxy.arm("500", STATE, times=10_000)
    clock = Clock()
    with pytest.raises(WorkspaceError) as caught:
        list(watched.follower(clock).follow(watched.pipeline, update))
    assert (caught.value.code, caught.value.next) == ("MED713", "medallion watch -t dev")
    assert PATIENCE_SECONDS < clock.seconds < PATIENCE_SECONDS + 5
    watched.proxy.disarm()
    *_, last = watched.follower().follow(watched.pipeline, update)
    assert last.state == "COMPLETED"


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "CANCELED"])
def test_an_update_whose_last_event_never_comes_ends_by_its_state(watched: Watched, state: str) -> None:
    update = watched.start(state=state, message="gone", events=[flow(1)])
    watched.proxy.arm("no end", EVENTS, times=10_000)
    *_, last = watched.follower().follow(watched.pipeline, update)
    assert (last.state, list(last.datasets)) == (state, ["shop.silver.t1"])


def test_an_update_that_is_not_there_is_said(watched: Watched) -> None:
    with pytest.raises(WorkspaceError) as caught:
        list(watched.follower().follow(watched.pipeline, "7c6b1f0e-0000-4000-8000-000000000000"))
    assert caught.value.code == "MED703"
    assert "was not found" in str(caught.value.found)
