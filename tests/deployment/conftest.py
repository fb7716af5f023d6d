"""A fake workspace that the commands reach through the environment, as they would a real one."""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from three_workspaces import CATALOGS, Way

from medallion_toolkit.scaffold.project import create_project, find_template

BINARIES = find_template() / "tools" / "databricks" / "bin"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """URL of a fake workspace server that ends with us."""
    binary = BINARIES / "fakeworkspace"
    if not binary.exists():
        pytest.fail("tools/databricks/bin/fakeworkspace is missing: run 'make tools' (needs Go)", pytrace=False)
    command = [binary, "--exit-with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=10) == 0, "a client asked for an unknown route"


@pytest.fixture
def workspace(server_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty workspace; the environment signs in to it as a user. Its value is the workspace's name."""
    name = f"deployment{next(NUMBERS)}"
    for variable in [name for name in os.environ if name.startswith(("DATABRICKS_", "BUNDLE_"))]:
        monkeypatch.delenv(variable)
    (tmp_path / "databrickscfg").touch()
    monkeypatch.setenv("DATABRICKS_HOST", server_url)
    monkeypatch.setenv("DATABRICKS_TOKEN", f"dbapi0{name}")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "databrickscfg"))
    monkeypatch.setenv("DATABRICKS_CACHE_ENABLED", "false")
    monkeypatch.setenv("DATABRICKS_CLI_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("DATABRICKS_CLI_DISABLE_UPDATE_CHECK", "true")
    monkeypatch.setenv("DATABRICKS_RATE_LIMIT", "1000000000")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return name


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sample project."""
    create_project(tmp_path, {"project_name": "shop"})
    return tmp_path / "shop"


@pytest.fixture
def make_catalog(workspace: str) -> Callable[[str], None]:
    """Make a catalog in the workspace, as the script of `medallion permissions` would."""

    def make(name: str) -> None:
        from databricks.sdk import WorkspaceClient

        assert workspace
        WorkspaceClient().catalogs.create(name)

    return make


@pytest.fixture
def deploy(make_catalog: Callable[[str], None]) -> Callable[[Path, str], None]:
    """Make the target's catalog and deploy a project with the real CLI."""

    def run(project: Path, target: str) -> None:
        make_catalog({"dev": "shop_dev", "staging": "shop_staging", "prod": "shop"}[target])
        command = [BINARIES / "databricks", "bundle", "deploy", "-t", target]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture
def way(project: Path, workspace: str, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Way:
    """The sample project in git, with a profile and an empty workspace for each target."""
    made = Way(project, workspace)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setenv("FAKE_HOST", server_url.removeprefix("http://"))
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setenv("PATH", f"{Path('tools/databricks/bin').absolute()}{os.pathsep}{os.environ['PATH']}")
    profiles = [f"[{target}]\nhost = {server_url}\ntoken = {token}\n" for target, token in made.tokens.items()]
    (tmp_path / "databrickscfg").write_text("\n".join(profiles))
    bundle = project / "databricks.yml"
    text = bundle.read_text()
    for target in ("staging", "prod"):
        text = text.replace(
            f"  {target}:\n    mode: production\n    workspace:\n",
            f"  {target}:\n    mode: production\n    workspace:\n      profile: {target}\n",
        )
    text = text.replace(
        "  dev:\n    mode: development\n", "  dev:\n    mode: development\n    workspace:\n      profile: dev\n"
    )
    bundle.write_text(text)
    for target, catalog in CATALOGS.items():
        made.ask(target, "POST", "/api/2.1/unity-catalog/catalogs", {"name": catalog})
    made.git("init", "-q")
    made.commit("one")
    return made
