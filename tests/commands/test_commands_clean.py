"""`medallion clean`: says what goes, asks, and stays inside .medallion. No session is needed."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from command_project import FILES
from small_project import make_project, write_files
from terminal import on_a_terminal
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.engine.store import Store

TABLES = ("shop.bronze.orders", "shop.silver.paid", "shop.silver.latest", "shop.gold.totals", "shop.gold.former")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose local state looks as after a run."""
    root = make_project(tmp_path, FILES)
    store = Store.open(root / ".medallion")
    for name in TABLES:
        write_files(store.table(name), {"_delta_log/0.json": "{}", "part-0.parquet": "x" * 1000})
        write_files(store.checkpoints(name), {"flow/metadata": "{}"})
    store.source_schema("shop.bronze.orders", "orders", 0).parent.mkdir()
    store.source_schema("shop.bronze.orders", "orders", 0).write_text("{}", encoding="utf-8")
    write_files(store.root, {"events/ingest.jsonl": "{}\n", "runs/a.json": "{}", "report.html": "<p>"})
    write_files(store.root, {"checkpoints/exported/flow/metadata": "{}", "books/shop.bronze.orders.json": "{}"})
    return root


def clean(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["clean", *arguments, "--project", str(project)])


def left(project: Path) -> set[str]:
    """Tables that are still there, and other things by their name in .medallion."""
    store = Store(project / ".medallion")
    others = {path.name for path in store.root.iterdir() if not path.name.startswith((".", "lock", "format"))}
    return {name for name in TABLES if store.exists(name)} | (others - {"tables", "checkpoints", "schemas", "books"})


def test_a_named_table_goes_with_its_progress_and_nothing_else(project: Path) -> None:
    result = clean(project, "silver.paid", "--yes")
    assert result.exit_code == 0, result.output
    assert left(project) == {*TABLES, "events", "runs", "report.html"} - {"shop.silver.paid"}
    store = Store(project / ".medallion")
    assert not store.checkpoints("shop.silver.paid").exists()
    assert store.checkpoints("shop.silver.latest").exists()


@pytest.mark.fidelity(
    "A table with pipelines.reset.allowed = false keeps its rows when everything is made anew",
    source="ldp/properties",
    verdict="same",
)
def test_all_keeps_what_allows_no_full_refresh(project: Path) -> None:
    result = clean(project, "--all", "--yes")
    assert "name them to remove them): bronze.orders" in result.output
    assert left(project) == {"shop.bronze.orders"}
    store = Store(project / ".medallion")
    assert store.source_schema("shop.bronze.orders", "orders", 0).exists()
    assert store.book("shop.bronze.orders").exists()
    assert [path.name for path in (store.root / "checkpoints").iterdir()] == ["shop"]
    named = clean(project, "bronze.orders", "--yes")
    assert "rows whose files or events are gone do not come back" in named.output
    assert left(project) == set()


def test_what_a_removal_means_is_said_table_by_table(project: Path) -> None:
    parts = {part["name"]: part for part in json.loads(clean(project, "--all", "--json").stdout)["parts"]}
    assert parts["silver.paid"]["meaning"] == ["the next run reads all rows of bronze.orders again from the start"]
    assert parts["gold.totals"]["meaning"] == ["the next run makes it anew from its inputs"]
    assert parts["gold.former"]["meaning"] == ["no dataset makes it any more"]
    assert (parts["silver.paid"]["files"], parts["silver.paid"]["bytes"]) == (3, 1004)
    bronze = json.loads(clean(project, "bronze.orders", "--json").stdout)["parts"][0]["meaning"]
    assert bronze[1] == "the next run reads every file in ${landing}/orders again from the start"
    assert bronze[2].startswith("silver.latest, silver.paid read it as a stream")
    assert left(project) >= set(TABLES)


def test_without_a_yes_nothing_goes(project: Path) -> None:
    before = left(project)
    listed = clean(project)
    assert (listed.exit_code, "next: medallion clean NAME" in listed.output) == (0, True)
    refused = clean(project, "silver.paid")
    assert (refused.exit_code, "MED455" in refused.output) == (2, True)
    with on_a_terminal(project, "clean", "silver.paid") as terminal:
        terminal.wait_for("Remove 1 parts? [y/N]:", 20)
        terminal.type("n\n")
        assert terminal.end(10) == 0
    assert left(project) == before
    with on_a_terminal(project, "clean", "silver.paid", "gold.former") as terminal:
        terminal.wait_for("Remove 2 parts? [y/N]:", 20)
        terminal.type("y\n")
        terminal.wait_for("removed", 10)
    assert left(project) == before - {"shop.silver.paid", "shop.gold.former"}


def test_nothing_outside_the_state_is_ever_removed(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    state = project / ".medallion"
    (state / "tables" / "shop" / "silver").rename(elsewhere)
    (state / "tables" / "shop" / "silver").symlink_to(elsewhere)
    result = clean(project, "gold.totals", "silver.paid", "--yes")
    assert (result.exit_code, "MED454" in result.output) == (1, True)
    assert left(project) >= set(TABLES)
    assert clean(project, "--all", "bronze.orders", "--yes").exit_code == 0
    assert left(project) == set()
    assert (elsewhere / "paid" / "part-0.parquet").exists()


@pytest.fixture
def running(project: Path) -> Iterator[None]:
    """Another process holds the lock of the lakehouse."""
    with (project / ".medallion" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.mark.usefixtures("running")
def test_while_a_run_goes_on_nothing_is_removed(project: Path) -> None:
    result = clean(project, "--all", "--yes")
    assert (result.exit_code, "MED509" in result.output) == (3, True)
    assert left(project) >= set(TABLES)


def test_an_unknown_name_and_a_project_that_never_ran(project: Path, tmp_path: Path) -> None:
    result = clean(project, "silver.payed", "--yes")
    assert (result.exit_code, "did you mean silver.paid?" in result.output) == (2, True)
    fresh = make_project(tmp_path / "fresh", FILES)
    assert clean(fresh, "--all", "--yes").output.startswith("There is nothing to remove")
