"""A fake workspace as tests see it, and the pinned CLI that talks to it: neither can reach a network."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
BINARIES = REPOSITORY / "tools" / "databricks" / "bin"
SERVICE_PRINCIPAL = "aaaaaaaa-bbbb-4ccc-dddd-eeeeeeeeeeee"
STARTER_WAREHOUSE_ID = "57a87e0ab1c2d3e4"
REFUSING_PROXY = "http://no-network.invalid:9"

Json = Any  # what json.loads gives


@dataclass(frozen=True)
class CliResult:
    """How a run of the CLI ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    def json(self) -> Json:
        value: Json = json.loads(self.stdout)
        return value


@dataclass(frozen=True)
class Request:
    """One line of the request log."""

    token: str
    method: str
    path: str
    query: str
    status: int
    bytes: int
    body: Json


def call(url: str, method: str, path: str, body: Json = None, token: str | None = None) -> tuple[int, Json]:
    """Ask a local server, past any proxy: status and answer."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        connection.request(method, path, body=None if body is None else json.dumps(body), headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    finally:
        connection.close()


@dataclass(frozen=True)
class Server:
    """A running fakeworkspace."""

    url: str
    log: Path
    home: Path
    names: Iterator[int] = field(default_factory=lambda: itertools.count(1))


@dataclass(frozen=True)
class Workspace:
    """One workspace of the server, with the identities that may call it."""

    server: Server
    name: str

    def token(self, as_service_principal: bool = False) -> str:
        return ("dbapi1" if as_service_principal else "dbapi0") + self.name

    def environment(self, as_service_principal: bool = False) -> dict[str, str]:
        """Only these variables reach the CLI."""
        home = self.server.home
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "DATABRICKS_HOST": self.server.url,
            "DATABRICKS_TOKEN": self.token(as_service_principal),
            "DATABRICKS_CONFIG_FILE": str(home / "databrickscfg"),
            "DATABRICKS_CACHE_DIR": str(home / "cache"),
            "DATABRICKS_CLI_DISABLE_UPDATE_CHECK": "true",
            "DATABRICKS_CLI_DISABLE_TELEMETRY": "1",
            "DATABRICKS_RATE_LIMIT": "1000000000",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "HTTP_PROXY": REFUSING_PROXY,
            "HTTPS_PROXY": REFUSING_PROXY,
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def cli(self, *arguments: str, cwd: Path, as_service_principal: bool = False) -> CliResult:
        """Run the CLI; never asks, never outlives two minutes."""
        done = subprocess.run(
            [BINARIES / "databricks", *arguments],
            cwd=cwd,
            env=self.environment(as_service_principal),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return CliResult(done.returncode, done.stdout, done.stderr)

    def succeed(self, *arguments: str, cwd: Path, as_service_principal: bool = False) -> CliResult:
        """Run the CLI and insist on exit code 0."""
        result = self.cli(*arguments, cwd=cwd, as_service_principal=as_service_principal)
        assert result.exit_code == 0, f"databricks {' '.join(arguments)}\n{result.text}"
        return result

    def api(self, method: str, path: str, body: Json = None) -> tuple[int, Json]:
        """Call the workspace directly: status and answer."""
        return call(self.server.url, method, path, body, self.token())

    def control(self, what: str, body: Json) -> None:
        """Tell the fake how something ends: `updates`, `tasks`, `statements`, `tables`."""
        status, answer = self.api("POST", f"/__fake/{what}", body)
        assert status == 200, answer

    def statement(self, text: str) -> Json:
        """Run a SQL statement on the starter warehouse."""
        body = {"warehouse_id": STARTER_WAREHOUSE_ID, "statement": text}
        status, answer = self.api("POST", "/api/2.0/sql/statements", body)
        assert status == 200, answer
        return answer

    def pipeline_id(self, name: str) -> str:
        """The id of the one pipeline whose name ends so."""
        _, answer = self.api("GET", "/api/2.0/pipelines?max_results=100")
        [pipeline] = [p for p in answer["statuses"] if p["name"].endswith(name)]
        return str(pipeline["pipeline_id"])

    def create_catalog(self, name: str) -> None:
        status, answer = self.api("POST", "/api/2.1/unity-catalog/catalogs", {"name": name})
        assert status == 200, answer

    def requests(self, method: str = "", path: str = "") -> list[Request]:
        """What was asked of this workspace so far, oldest first; `path` is the path's beginning."""
        mine = tuple(f'{{"token":"{self.token(principal)}"' for principal in (False, True))
        lines = (Request(**json.loads(line)) for line in self.server.log.open() if line.startswith(mine))
        return [line for line in lines if line.method.startswith(method) and line.path.startswith(path)]
