"""A proxy between the CLI and a fake workspace that counts calls and lets one of them go wrong."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

Harm = Literal["500", "429", "hang", "drop", "lost answer", "kill before", "kill after"]
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# What reads through a POST, or is about the client only.
READING = ("/telemetry-ext", "/api/2.0/sql/statements")
NOT_PASSED_ON = ("transfer-encoding", "connection", "content-length", "content-encoding", "date", "server")


@dataclass(frozen=True)
class Call:
    """One request, without the ids that differ from run to run."""

    method: str
    path: str

    @property
    def changes(self) -> bool:
        return self.method in CHANGING and not self.path.startswith(READING)


@dataclass
class Proxy:
    """`harm` happens to the `at`-th state-changing call (from 0) since `arm`, `times` times in a row."""

    upstream: str
    pid_file: Path
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    armed: tuple[Harm, Callable[[int, Call], bool]] | None = None
    times: int = 1
    harmed: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, harm: Harm, where: Callable[[int, Call], bool], times: int = 1) -> None:
        """Let `harm` happen where `where(number of the changing call, call)` says so."""
        self.calls, self.harmed, self.times = [], [], times
        self.armed = (harm, where)

    def disarm(self) -> None:
        self.armed, self.calls = None, []

    @property
    def changing(self) -> list[Call]:
        """The state-changing calls since `arm` or `disarm`."""
        return [call for call in self.calls if call.changes]

    def note(self, call: Call) -> Harm | None:
        """Remember the call; the harm that is meant for it."""
        with self.lock:
            number = len(self.changing)
            self.calls.append(call)
            if self.armed is None or not call.changes or len(self.harmed) >= self.times:
                return None
            if not self.armed[1](number, call):
                return None
            self.harmed.append(call)
            return self.armed[0]

    def kill(self) -> None:
        """SIGKILL for the CLI that is running."""
        os.kill(int(self.pid_file.read_text()), signal.SIGKILL)


@contextmanager
def proxy_to(upstream: str, pid_file: Path) -> Iterator[Proxy]:
    """A running proxy to the server of that URL."""
    proxy = Proxy(upstream, pid_file)

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


class _Handler(BaseHTTPRequestHandler):
    """Passes a request on, or lets it go wrong."""

    of: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        harm = self.of.note(Call(self.command, self.path.partition("?")[0]))
        if harm == "500":
            self._answer(500, b'{"error_code":"INTERNAL_ERROR","message":"injected"}')
        elif harm == "429":
            self._answer(429, b'{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"injected"}', {"Retry-After": "1"})
        elif harm == "hang":
            time.sleep(4)
            self._hang_up()
        elif harm == "drop":
            self._hang_up()
        elif harm == "kill before":
            self.of.kill()
            self._hang_up()
        else:
            status, headers, answer = self._passed_on(body)
            if harm == "kill after":
                self.of.kill()
            if harm is not None:
                self._hang_up()
            else:
                self._answer(status, answer, headers)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any

    def _passed_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        upstream = http.client.HTTPConnection(self.of.upstream.removeprefix("http://"), timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        headers["Accept-Encoding"] = "identity"
        upstream.request(self.command, self.path, body or None, headers)
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
