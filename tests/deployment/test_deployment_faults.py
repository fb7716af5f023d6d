"""A deployment whose calls go wrong one by one, or that is killed at one: told truly, and the next one converges."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shlex import split
from typing import Any

import pytest
from deployment_proxy import Call, Harm, Proxy, proxy_to
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.deployment.planning import NOTHING
from medallion_toolkit.scaffold.project import find_template

pytestmark = pytest.mark.cli

BINARIES = find_template() / "tools" / "databricks" / "bin"
Json = Any
FIRST = """bundle:
  name: shop
targets:
  dev:
    default: true
resources:
  schemas:
    bronze: {catalog_name: main, name: bronze}
  volumes:
    landing: {catalog_name: main, schema_name: "${resources.schemas.bronze.name}", name: landing}
  pipelines:
    ingest:
      name: shop ingest
      catalog: main
      schema: ${resources.schemas.bronze.name}
      root_path: .
      serverless: true
      libraries:
        - glob: {include: sql/**}
"""
SILVER = """    silver: {catalog_name: main, name: silver, grants: [{principal: users, privileges: [USE_SCHEMA]}]}
  volumes:
    files: {catalog_name: main, schema_name: "${resources.schemas.silver.name}", name: files}
"""
SECOND = (
    FIRST.replace("  volumes:\n", SILVER)
    + """      configuration: {more: "1"}
    second:
      name: shop second
      catalog: main
      schema: ${resources.schemas.bronze.name}
      root_path: .
      serverless: true
      libraries:
        - glob: {include: sql/**}
  jobs:
    daily:
      name: shop daily
      permissions: [{level: CAN_VIEW, group_name: users}]
      tasks: [{task_key: ingest, pipeline_task: {pipeline_id: "${resources.pipelines.ingest.id}"}}]
"""
)
STATE = "/api/2.0/workspace-files/import-file/Workspace%2FUsers%2Ftester@databricks.com%2F.bundle%2Fshop%2Fdev%2F"
LOCK, FILE = Call("POST", f"{STATE}state%2Fdeploy.lock"), Call("POST", f"{STATE}files%2Fdatabricks.yml")
RESOURCES, METADATA = Call("POST", f"{STATE}state%2Fresources.json"), Call("POST", f"{STATE}state%2Fmetadata.json")
SCHEMA, VOLUME = Call("POST", "/api/2.1/unity-catalog/schemas"), Call("POST", "/api/2.1/unity-catalog/volumes")
PIPELINE, PIPELINE_CHANGE = Call("POST", "/api/2.0/pipelines"), Call("PUT", "/api/2.0/pipelines/*")
JOB, GRANT = (
    Call("POST", "/api/2.2/jobs/create"),
    Call("PATCH", "/api/2.1/unity-catalog/permissions/schema/main.silver"),
)
RELEASE = Call("POST", "/api/2.0/workspace/import", "workspace_import")


@pytest.fixture(scope="module")
def proxy(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with proxy_to(server_url, tmp_path_factory.mktemp("pids")) as running:
        running.state = "/Workspace/Users/tester@databricks.com/.bundle/shop/dev/state"
        yield running


@pytest.fixture(scope="module")
def programs(proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `databricks` that leaves the process id of each command."""
    folder = tmp_path_factory.mktemp("bin")
    wrapper = folder / "databricks"
    names = 'name="$1_$2"; [ "$2" = deployment ] && name="$1_$2_$3"'
    wrapper.write_text(f'#!/bin/sh\n{names}\necho $$ > "{proxy.pids}/$name"\nexec "{BINARIES}/databricks" "$@"\n')
    wrapper.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second state of the project, in git."""
    root = tmp_path_factory.mktemp("site") / "shop"
    (root / "sql").mkdir(parents=True)
    (root / "sql/a.sql").write_text("CREATE OR REFRESH MATERIALIZED VIEW bronze.a AS SELECT 1 AS x;\n")
    (root / ".gitignore").write_text(".databricks/\n.medallion/\n")
    (root / "databricks.yml").write_text(SECOND)
    git = ["git", "-C", str(root), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "state"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)
    return root


@dataclass
class Site:
    """A project whose first state is deployed, on a workspace behind the proxy."""

    root: Path
    proxy: Proxy
    kept: dict[str, str]

    def follow(self, command: str) -> tuple[int, Json]:
        """Run a command as it was printed."""
        program, *words = split(command)
        assert program == "medallion"
        result = CliRunner().invoke(app, [*words, "--project", str(self.root), "--json"])
        assert result.stdout, (result.stderr, result.exception)
        return result.exit_code, json.loads(result.stdout)

    def deploy(self, *options: str) -> tuple[int, Json]:
        return self.follow(" ".join(("medallion deploy -t dev", *options)))

    def databricks(self, *arguments: str) -> str:
        return subprocess.run(
            ["databricks", *arguments], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout

    def lacks(self) -> set[str]:
        """What a deployment would change now, as the CLI says it."""
        entries = json.loads(self.databricks("bundle", "plan", "-t", "dev", "-o", "json"))["plan"]
        return {name for name, entry in entries.items() if entry["action"] not in NOTHING}

    def ids(self) -> dict[str, str]:
        """What the first state made, with the platform's own ids."""
        from databricks.sdk import WorkspaceClient

        client = WorkspaceClient()
        pipelines = {str(one.name): str(one.pipeline_id) for one in client.pipelines.list_pipelines()}
        return {
            "bronze": str(client.schemas.get("main.bronze").schema_id),
            "landing": str(client.volumes.read("main.bronze.landing").volume_id),
            "ingest": pipelines["shop ingest"],
        }

    def names(self) -> tuple[list[str], list[str]]:
        """All jobs and pipelines of the workspace."""
        from databricks.sdk import WorkspaceClient

        client = WorkspaceClient()
        jobs = [str(job.settings.name) for job in client.jobs.list() if job.settings]
        return sorted(jobs), sorted(str(one.name) for one in client.pipelines.list_pipelines())

    def releases(self) -> int:
        return len(self.follow("medallion release list -t dev")[1])

    def becomes_another_machine(self) -> None:
        """What only the machine of the first try knew is gone, as it is on a new runner."""
        shutil.rmtree(self.root / ".databricks", ignore_errors=True)


@pytest.fixture
def make_site(
    proxy: Proxy, programs: Path, committed: Path, workspace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Site]:
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABRICKS_CONFIG_PROFILE", "faulty")
    made: list[Site] = []

    def make() -> Site:
        profile = f"[faulty]\nhost = {proxy.url}\ntoken = dbapi0{workspace}n{len(made)}\n"
        limits = "http_timeout_seconds = 2\nretry_timeout_seconds = 5\n"
        (tmp_path / "databrickscfg").write_text(profile + limits)
        root = tmp_path / f"site{len(made)}"
        shutil.copytree(committed, root)
        site = Site(root, proxy, {})
        proxy.disarm()
        (root / "databricks.yml").write_text(FIRST)
        site.databricks("bundle", "deploy", "-t", "dev")
        site.kept = site.ids()
        (root / "databricks.yml").write_text(SECOND)
        proxy.disarm()
        proxy.destroyed = []
        made.append(site)
        return site

    return make


def check(site: Site, harm: Harm, call: Call, nth: int = 0, another_machine: bool = False) -> list[str]:
    """Deploy with the harm, then as its errors say; the codes on the way. All is as it should be at the end."""
    site.proxy.arm(harm, call, nth)
    code, told = site.deploy()
    assert site.proxy.harmed, "the call did not come"
    site.proxy.disarm()
    assert {name: site.ids()[name] for name in site.kept} == site.kept, "what was there is kept"
    codes: list[str] = []
    while code:
        assert told.get("errors"), (harm, call, nth, told)
        assert len(codes) < 3, codes
        (error,) = told["errors"]
        codes.append(error["code"])
        assert_told_truly(site, error, codes)
        if another_machine and len(codes) == 1:
            site.becomes_another_machine()
        assert site.releases() == 0, "only a whole deployment is a release"
        code, told = site.follow(error["next"] or "medallion deploy -t dev")
    assert (told["left"], site.lacks()) == ([], set())
    assert {name: site.ids()[name] for name in site.kept} == site.kept
    assert site.names() == (["shop daily"], ["shop ingest", "shop second"]), "nothing is made twice"
    assert (site.releases(), site.proxy.destroyed) == (1, [])
    return codes


def assert_told_truly(site: Site, error: Json, codes: list[str]) -> None:
    """Partly deployed with the list of what lacks, or unchanged."""
    if error["code"] == "MED718":
        told = error["expected"].removeprefix("still to do: ")
        assert told != error["expected"]
        named = {word for word in told.removeprefix("at most ").split(", ") if word.startswith("resources.")}
        assert site.lacks() <= named if told.startswith("at most ") else site.lacks() == named, error
    else:
        assert error["code"] in ("MED703", "MED716", "MED719"), error
        if codes == [error["code"]]:
            assert site.names() == ([], ["shop ingest"]), "nothing was changed"


@pytest.mark.parametrize("call", [VOLUME, JOB, RESOURCES], ids=lambda call: call.path[-24:])
def test_a_deployment_that_was_killed_with_its_machine_is_taken_over(make_site: Callable[[], Site], call: Call) -> None:
    codes = check(make_site(), "kill after", call, another_machine=True)
    assert codes == ["MED718", "MED719"], "killed, then its lock is in the way until somebody says so"


def test_a_deployment_that_was_killed_while_it_took_over_is_taken_over(make_site: Callable[[], Site]) -> None:
    site = make_site()
    codes: list[str] = []
    for options in ((), ("--take-over",)):
        site.proxy.arm("kill after", SCHEMA if codes else LOCK)
        codes.append(site.deploy(*options)[1]["errors"][0]["code"])
        site.proxy.disarm()
    code, told = site.deploy()
    (error,) = told["errors"]
    assert (code, [*codes, error["code"]]) == (3, ["MED718", "MED718", "MED719"])
    code, told = site.follow(error["next"])
    assert (code, told["left"], site.releases()) == (0, [], 1)
    assert site.names() == (["shop daily"], ["shop ingest", "shop second"])


@pytest.mark.parametrize("call", [SCHEMA, JOB], ids=lambda call: call.path[-24:])
def test_an_answer_that_is_lost_makes_nothing_twice(make_site: Callable[[], Site], call: Call) -> None:
    assert check(make_site(), "lost answer", call, another_machine=True) == ["MED718"]


@pytest.mark.parametrize(("harm", "call"), [("500", FILE), ("hang", JOB), ("down", PIPELINE)])
def test_a_call_that_fails_is_told_and_the_next_deployment_goes_on(
    make_site: Callable[[], Site], harm: Harm, call: Call
) -> None:
    codes = check(make_site(), harm, call)
    assert codes == (["MED718"] if harm != "down" else ["MED718", "MED719"])


def test_a_release_whose_answer_is_lost_is_recorded_once(make_site: Callable[[], Site]) -> None:
    assert check(make_site(), "lost answer", RELEASE) == []


@pytest.mark.parametrize(("harm", "codes"), [("lost lock", ["MED718"]), ("stolen lock", ["MED718", "MED719"])])
def test_a_lock_that_is_lost_on_the_way_is_told(make_site: Callable[[], Site], harm: Harm, codes: list[str]) -> None:
    assert check(make_site(), harm, JOB) == codes


def test_throttling_is_waited_out(make_site: Callable[[], Site]) -> None:
    assert check(make_site(), "429", PIPELINE_CHANGE) == []


def test_what_somebody_else_made_is_not_taken_without_a_word(make_site: Callable[[], Site]) -> None:
    from databricks.sdk import WorkspaceClient

    site = make_site()
    made = WorkspaceClient().schemas.create("silver", "main")
    code, told = site.deploy()
    (error,) = told["errors"]
    assert (code, error["code"], error["next"]) == (3, "MED720", "medallion deploy -t dev --take-over")
    assert "resources.schemas.silver is main.silver, made by tester@databricks.com" in error["found"]
    assert site.names() == ([], ["shop ingest"]), "nothing was changed"
    site.proxy.disarm()
    code, told = site.deploy("--take-over")
    assert (code, told["left"], told["taken_up"]) == (0, [], ["resources.schemas.silver"])
    assert WorkspaceClient().schemas.get("main.silver").schema_id == made.schema_id


CHANGING: tuple[Harm, ...] = (
    "kill before", "kill after", "lost answer", "drop", "429", "500", "hang", "down", "lost lock", "stolen lock"
)  # fmt: skip
READING: tuple[Harm, ...] = ("kill before", "drop", "429", "500", "hang", "down")


@pytest.mark.long
def test_every_call_of_a_deployment_may_go_wrong_in_every_way(make_site: Callable[[], Site]) -> None:
    """Those that change something and those that read, each address once; those of the CLI and our own."""
    for call, nth, harm in every_harm(make_site()):
        check(make_site(), harm, call, nth, another_machine="kill" in harm)


def every_harm(site: Site) -> Iterator[tuple[Call, int, Harm]]:
    """What may go wrong with a deployment that goes well here; the SDK tries for five minutes when all is down."""
    assert site.deploy()[0] == 0
    calls = site.proxy.numbered
    assert {LOCK, FILE, SCHEMA, VOLUME, PIPELINE, JOB, GRANT, RESOURCES, METADATA, RELEASE} <= {
        call for call, _ in calls
    }
    assert {call.by for call, _ in calls} >= {"", "bundle_validate", "bundle_plan", "bundle_deploy", "workspace_import"}
    for call, nth in calls:
        for harm in CHANGING if call.changes else READING if not nth else ():
            if call.by or harm not in ("kill before", "down"):
                yield call, nth, harm
