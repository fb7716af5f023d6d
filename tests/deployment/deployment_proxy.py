"""A proxy between the CLI and a fake workspace that counts calls and lets one of them go wrong."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import quote

Harm = Literal[
    "500",
    "429",
    "hang",
    "drop",
    "lost answer",
    "kill before",
    "kill after",
    "lost lock",
    "stolen lock",
    "down",
    "no end",
]
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# What reads through a POST, or is about the client only.
READING = ("/telemetry-ext", "/api/2.0/sql/statements")
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+|\d{6,}")
COMMAND = re.compile(r" cmd/(\S+)")
LOCK_OF_ANOTHER = {"ID": str(uuid.UUID(int=1)), "AcquisitionTime": "2026-01-01T00:00:00Z", "User": "eve@example.org"}
NOT_PASSED_ON = ("transfer-encoding", "connection", "content-length", "content-encoding", "date", "server")


@dataclass(frozen=True)
class Call:
    """One request, without the ids that differ from run to run; `by` is the command of the CLI, empty for our own."""

    method: str
    path: str
    by: str = "bundle_deploy"

    @property
    def changes(self) -> bool:
        return bool(self.by) and self.method in CHANGING and not self.path.startswith(READING)

    @property
    def destroys(self) -> bool:
        is_lock = self.path == "/api/2.0/workspace/delete"
        return (self.method == "DELETE" or self.path.endswith("/delete")) and not is_lock


@dataclass
class Proxy:
    """Lets `harm` happen to calls like `call` from the `nth` (0 is the first) on, `times` times.

    `pids` is a folder with the process id of each command of the CLI, in a file of the command's name. "down" is the
    end: from that call on nothing is answered any more.
    """

    upstream: str
    pids: Path
    url: str = ""
    state: str = ""
    calls: list[Call] = field(default_factory=list)
    harm: Harm | None = None
    call: Call | None = None
    nth: int = 0
    times: int = 1
    harmed: int = 0
    destroyed: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, harm: Harm, call: Call, nth: int = 0, times: int = 1) -> None:
        """From now on the call goes wrong."""
        self.calls, self.harmed = [], 0
        self.harm, self.call, self.nth, self.times = harm, call, nth, times

    def disarm(self) -> None:
        """From now on all goes well; the calls so far are forgotten."""
        self.harm, self.call, self.calls = None, None, []

    @property
    def changing(self) -> list[tuple[Call, int]]:
        """The state-changing calls of the CLI, each with how many like it came before."""
        return [(call, nth) for call, nth in self.numbered if call.changes]

    @property
    def numbered(self) -> list[tuple[Call, int]]:
        """Every call, each with how many like it came before."""
        return [(call, self.calls[:number].count(call)) for number, call in enumerate(self.calls)]

    def note(self, call: Call) -> Harm | None:
        """Remember the call; the harm that is meant for it."""
        with self.lock:
            before = self.calls.count(call)
            self.calls.append(call)
            if call.destroys:
                self.destroyed.append(call)
            if self.harm == "down" and self.harmed:
                return "drop"
            if call != self.call or before < self.nth or self.harmed >= self.times:
                return None
            self.harmed += 1
            return self.harm

    def kill(self, command: str) -> None:
        """SIGKILL for the CLI that runs this command."""
        os.kill(int((self.pids / command).read_text()), signal.SIGKILL)


@contextmanager
def proxy_to(upstream: str, pids: Path) -> Iterator[Proxy]:
    """A running proxy to the server of that URL."""
    proxy = Proxy(upstream, pids)

    class Handler(_Handler):
        of = proxy

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield proxy
    server.shutdown()
    server.server_close()


def _without_end(answer: bytes) -> bytes:
    """A page of events without the one that an update ends with."""
    page = json.loads(answer)
    ends = ("COMPLETED", "FAILED", "CANCELED")
    said = [event["details"].get("update_progress", {}).get("state") for event in page["events"]]
    page["events"] = [event for event, state in zip(page["events"], said, strict=True) if state not in ends]
    return json.dumps(page).encode()


class _Handler(BaseHTTPRequestHandler):
    """Passes a request on, or lets it go wrong."""

    of: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = IDS.sub("*", self.path.partition("?")[0])
        command = COMMAND.search(self.headers["User-Agent"])
        call = Call(self.command, path, command[1] if command else "")
        harm = self.of.note(call)
        if harm == "500":
            self._answer(500, b'{"error_code":"INTERNAL_ERROR","message":"injected"}')
        elif harm == "429":
            self._answer(429, b'{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"injected"}', {"Retry-After": "1"})
        elif harm == "hang":
            time.sleep(4)
            self._hang_up()
        elif harm in ("drop", "down"):
            self._hang_up()
        elif harm == "kill before":
            self.of.kill(call.by)
            self._hang_up()
        else:
            if harm in ("lost lock", "stolen lock"):
                self._take_the_lock(harm)
            status, headers, answer = self._passed_on(self.command, self.path, body)
            if harm == "kill after":
                self.of.kill(call.by)
            if harm == "no end":
                self._answer(status, _without_end(answer), headers)
            elif harm in ("kill after", "lost answer"):
                self._hang_up()
            else:
                self._answer(status, answer, headers)

    def _take_the_lock(self, harm: Harm) -> None:
        """The lock of the deployment that runs is deleted, or another's in its place."""
        lock = f"{self.of.state}/deploy.lock"
        if harm == "lost lock":
            self._passed_on("POST", "/api/2.0/workspace/delete", json.dumps({"path": lock}).encode())
        else:
            path = f"/api/2.0/workspace-files/import-file/{quote(lock.lstrip('/'), safe='')}?overwrite=true"
            self._passed_on("POST", path, json.dumps(LOCK_OF_ANOTHER).encode())

    def _passed_on(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection(self.of.upstream.removeprefix("http://"), timeout=30)
        ours = ("host", "connection", "content-length")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ours}
        headers["Accept-Encoding"] = "identity"
        upstream.request(method, path, body or None, headers)
        answer = upstream.getresponse()
        found = {name: value for name, value in answer.getheaders() if name.lower() not in NOT_PASSED_ON}
        text = answer.read()
        upstream.close()
        return answer.status, found, text

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def handle(self) -> None:
        with suppress(ConnectionResetError, BrokenPipeError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the test has the calls."""


for _method in ("GET", "HEAD", *CHANGING):
    setattr(_Handler, f"do_{_method}", _Handler._any)
