"""The table of rows on their way back: not there for anybody but replay, and gone with the table it feeds."""

from __future__ import annotations

from pathlib import Path

from medallion_toolkit.engine.cleaning import plan_cleaning
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.store import Store
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.graph.replays import replay_flow
from medallion_toolkit.scaffold.project import create_project


def make_tables(store: Store, *names: str) -> None:
    """Tables as far as paths go."""
    for name in names:
        log = store.table(name) / "_delta_log"
        log.mkdir(parents=True)
        (log / f"{0:020}.json").touch()


def checked_of(project: Project) -> str:
    return next(key for key, name in project.display.items() if name == "silver.orders_checked")


def test_the_replay_flow_is_there_only_while_its_table_is(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop"})
    root = tmp_path / "shop"
    store = Store.open(root / ".medallion")
    idle = load_project(root, exists=store.exists)
    checked = checked_of(idle)
    assert replay_flow(idle.graph.nodes[checked]) is None
    assert not any("replay" in name for name in idle.display.values())
    make_tables(store, checked.replace("_checked", "_replay"))
    run = LocalRun.open(root, None, SessionOnDemand(root / ".medallion"))
    flow = replay_flow(run.project.graph.nodes[checked])
    assert flow is not None
    assert flow.name == "orders_checked_from_replay"
    assert not any("replay" in name for name in run.project.display.values())
    elsewhere = run.in_store(Store.open(tmp_path / "other")).project
    assert replay_flow(elsewhere.graph.nodes[checked]) is None


def test_cleaning_a_checked_table_takes_the_rows_that_wait_for_it(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop"})
    root = tmp_path / "shop"
    store = Store.open(root / ".medallion")
    checked = checked_of(load_project(root))
    waiting = checked.replace("_checked", "_replay")
    make_tables(store, checked, waiting)
    project = load_project(root, exists=store.exists)
    (part,) = plan_cleaning(store, project, ["silver.orders_checked"], False).parts
    assert {store.table(checked), store.table(waiting)} <= set(part.paths)
    everything = plan_cleaning(store, project, [], True)
    assert [one.name for one in everything.parts if "orders_" in one.name] == ["silver.orders_checked"]
