"""The pinned Databricks CLI and fake workspaces for it: nothing here can reach a network.

`make_workspace()` gives a test a workspace nobody else uses; `workspace.cli(...)` runs the CLI as
its user, `workspace.cli(..., as_service_principal=True)` as a service principal;
`workspace.requests()` is what it was asked.
"""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bundle_projects import COMBINATIONS, render
from bundle_workspace import BINARIES, Server, Workspace


@pytest.fixture(scope="session")
def fakeworkspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fake workspace server for the whole test run; it ends with us, whatever happens."""
    for binary in ("databricks", "fakeworkspace"):
        if not (BINARIES / binary).exists():
            pytest.fail(f"tools/databricks/bin/{binary} is missing: run 'make tools' (needs Go)", pytrace=False)
    home = tmp_path_factory.mktemp("databricks")
    (home / "databrickscfg").touch()
    log, errors = home / "requests.jsonl", home / "errors.txt"
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            [BINARIES / "fakeworkspace", "--log", log, "--exit-with-parent"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), errors.read_text()
        yield Server(url, log, home)
    assert process.wait(timeout=10) == 0, f"a client asked for an unknown route:\n{errors.read_text()}"


@pytest.fixture(scope="session")
def make_workspace(fakeworkspace: Server) -> Callable[[], Workspace]:
    """Give the test as many workspaces as it asks for, each empty but for the catalog `main`."""
    return lambda: Workspace(fakeworkspace, f"w{next(fakeworkspace.names):04d}")


@pytest.fixture
def workspace(make_workspace: Callable[[], Workspace]) -> Workspace:
    """A workspace of the test's own."""
    return make_workspace()


@pytest.fixture(scope="session")
def initialised(
    make_workspace: Callable[[], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """The project `databricks bundle init` makes of a combination of answers; for reading only."""
    workspace, folder = make_workspace(), tmp_path_factory.mktemp("initialised")
    return functools.cache(lambda name: render(workspace, folder / name, COMBINATIONS[name]))
