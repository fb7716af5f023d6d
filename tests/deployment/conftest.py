"""A fake workspace that the commands reach through the environment, as they would a real one."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from three_workspaces import CATALOGS, Way, name_profiles, put_into_git, sign_in_to

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
    sign_in_to(monkeypatch, server_url, name, tmp_path)
    return name


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, made once: tests get copies of it."""
    folder = tmp_path_factory.mktemp("generated")
    create_project(folder, {"project_name": "shop"})
    return folder / "shop"


@pytest.fixture(scope="session")
def committed(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project in git, a profile for each of its targets."""
    root = tmp_path_factory.mktemp("committed") / "shop"
    shutil.copytree(generated, root)
    name_profiles(root)
    put_into_git(root, "one")
    return root


@pytest.fixture
def project(tmp_path: Path, generated: Path) -> Path:
    """The sample project."""
    return Path(shutil.copytree(generated, tmp_path / "shop"))


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
def way(committed: Path, workspace: str, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Way:
    """The sample project in git, with a profile and an empty workspace for each target."""
    made = Way(Path(shutil.copytree(committed, tmp_path / "shop")), workspace)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setenv("FAKE_HOST", server_url.removeprefix("http://"))
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.delenv("DATABRICKS_TOKEN")
    monkeypatch.setenv("PATH", f"{Path('tools/databricks/bin').absolute()}{os.pathsep}{os.environ['PATH']}")
    profiles = [f"[{target}]\nhost = {server_url}\ntoken = {token}\n" for target, token in made.tokens.items()]
    (tmp_path / "databrickscfg").write_text("\n".join(profiles))
    for target, catalog in CATALOGS.items():
        made.ask(target, "POST", "/api/2.1/unity-catalog/catalogs", {"name": catalog})
    return made
