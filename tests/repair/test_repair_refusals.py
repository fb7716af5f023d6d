"""What cannot come back is refused by name, file and line, with what to do instead."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.contract_samples import CUSTOMERS, LINES, ORDERS, contract, plan_of
from repair_project import BRONZE, CONFORMED, CONTRACT, HISTORIES
from small_project import make_project

from medallion import MedallionContractError, plan_tables, render_sql
from medallion.jobs.access import prepare_sql
from medallion.repair.corrections import read_corrections
from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.graph.conformed import conformed_texts
from medallion_toolkit.graph.one_row import refused_query
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.model import SqlQuery
from medallion_toolkit.repair.local import plan_replay
from medallion_toolkit.repair.package import find_quarantined
from medallion_toolkit.sql.relations import find_relations

PATH = "corrections/silver/orders.yml"
ALLOWED = [
    "SELECT a, _row_id FROM STREAM(b.orders)",
    "SELECT *, upper(a) AS x FROM STREAM(${bronze}.orders) AS o WHERE a > 1",
    "WITH x AS (SELECT * FROM STREAM(b.o)) SELECT aggregate(a, 0, (m, n) -> m + n) AS a, _row_id FROM x",
    "SELECT CASE WHEN a IN (1, 2) THEN filter(b, y -> y > 1) END AS b, o._row_id FROM STREAM(b.o) AS o",
]
REFUSED = {
    "SELECT DISTINCT a, _row_id FROM STREAM(b.o)": ("DISTINCT", "3:11"),
    "SELECT a,\n  count(*) AS n FROM STREAM(b.o)": ("aggregate", "4:3"),
    "SELECT a, max(b) AS b FROM STREAM(b.o)\nGROUP BY a": ("GROUP BY", "4:1"),
    "SELECT explode(a) AS a, _row_id FROM STREAM(b.o)": ("several rows of one", "3:11"),
    "SELECT json_tuple(a, 'b') AS b, _row_id FROM STREAM(b.o)": ("several rows of one", "3:11"),
    "SELECT y, _row_id FROM STREAM(b.o)\nLATERAL VIEW explode(x) t AS y": ("LATERAL", "4:1"),
    "SELECT o.a, o._row_id FROM STREAM(b.o) AS o\nLEFT JOIN b.c USING (id)": ("join", "4:6"),
    "SELECT a, _row_id FROM STREAM(b.o), b.c": ("join", "3:4"),
    "SELECT a, _row_id FROM STREAM(b.o)\nUNION ALL\nSELECT a, _row_id FROM STREAM(b.p)": ("several queries", "4:1"),
    "SELECT a, row_number() OVER (ORDER BY a) AS n, _row_id FROM STREAM(b.o)": ("window", "3:27"),
    "SELECT a, _row_id FROM STREAM(b.o) LIMIT 5": ("limit", "3:39"),
    "SELECT a FROM STREAM(b.o)": ("_row_id", "3:4"),
    "SELECT a, upper(_row_id) AS _row_id FROM STREAM(b.o)": ("_row_id", "3:20"),
}


def refusal(text: str) -> MedallionError | None:
    relations = find_relations(text, "sql/silver/x.sql", 3, 4)
    return refused_query(SqlQuery(text, Place("sql/silver/x.sql", 3, 4), relations, "c", "s"), "silver.x")


@pytest.mark.parametrize("text", ALLOWED)
def test_one_row_in_one_row_out_is_allowed(text: str) -> None:
    assert refusal(text) is None


@pytest.mark.parametrize("text", REFUSED)
def test_a_query_that_may_multiply_or_merge_rows_is_refused_where_it_does(text: str) -> None:
    found = refusal(text)
    said, place = REFUSED[text]
    assert found is not None
    assert (found.code, str(found.place)) == ("MED375", f"sql/silver/x.sql:{place}")
    assert said in found.message


@pytest.mark.parametrize(
    ("change", "reason", "advice"),
    [
        ("quarantine: flag\n", "with quarantine: flag every row is in the table already", "full refresh"),
        ("quarantine: tag\n", "with quarantine: tag every row is in the table already", "full refresh"),
        ("kind: materialized_view\n", "computed from all rows each time", "run again"),
        ("history: {type: 1, snapshot_by: _source_file}\n", "the next one brings the row again", "run again"),
        ("quarantine: {mode: split, stored: false}\n", "keeps no verdict", "leave out stored: false"),
        ("carry: [_source_file]\n", "no _row_id", "carry: [_row_id"),
    ],
)
def test_other_forms_say_what_to_do_instead(
    tmp_path: Path, repository: Path, change: str, reason: str, advice: str
) -> None:
    text = CONTRACT.format(name="lines", history=HISTORIES["lines"], allowed="placed")
    text = text.replace("carry: [_row_id, _source_file, _ingestion_timestamp]\n", "") if "carry" in change else text
    view = CONFORMED.format(amount="amount")
    files = {
        "sql/bronze/orders.sql": BRONZE,
        "sql/silver/orders_conformed.sql": view.replace("STREAM(${bronze}.orders)", "${bronze}.orders")
        if "materialized" in change or "snapshot" in change
        else view,
        "contracts/silver/lines.yml": text.replace("keys:", change + "keys:"),
        "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
    }
    root = make_project(tmp_path, files)
    shutil.copytree(repository / "template" / "{{.project_name}}" / "medallion", root / "medallion")
    with pytest.raises(MedallionError) as raised:
        plan_replay(LocalRun.open(root, None, SessionOnDemand(root / ".medallion")), "silver.lines")
    assert (raised.value.code, str(raised.value.place)) == ("MED374", "contracts/silver/lines.yml")
    assert reason in raised.value.message
    assert advice in str(raised.value.help)


@pytest.mark.parametrize(("star", "sources"), [("*", 2), ("DISTINCT *", 1)])
def test_rows_of_a_backfill_come_back_through_its_own_view(
    tmp_path: Path, repository: Path, star: str, sources: int
) -> None:
    files = {
        "sql/bronze/orders.sql": BRONZE,
        "sql/bronze/old.sql": BRONZE.replace(".orders", ".old"),
        "sql/silver/orders_conformed.sql": CONFORMED.format(amount="amount"),
        "sql/silver/old_all.sql": f"CREATE TEMPORARY VIEW old_all AS SELECT {star} FROM ${{bronze}}.old;",
        "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
        "contracts/silver/lines.yml": CONTRACT.format(name="lines", history="backfill: old_all\n", allowed="paid"),
    }
    root = make_project(tmp_path, files)
    shutil.copytree(repository / "template" / "{{.project_name}}" / "medallion", root / "medallion")
    project = load_project(root)
    _, made = find_quarantined(project, "lines")
    texts = conformed_texts(project, made, made.table, str)
    assert [text.rpartition("[[")[2].partition("]]")[0] for text in texts] == ["bronze.orders", "bronze.old"][:sources]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("- {row: a, set: {order_amont: 1}, by: Ada, why: x}\n", "MED370", "did you mean order_amount?"),
        ("- {row: a, set: {contact_email: a@x.org}, by: Ada, why: x}\n", "MED371", "correct it where it comes from"),
        ("- {row: a, set: {status: x}, by: A, why: x}\n" * 2, "MED372", f"{PATH}:1:3"),
        ("- {row: a, set: {status: x}, by: Ada}\n", "MED305", "How it is known"),
        ("- {row: a, set: {status: [x]}, by: Ada, why: x}\n", "MED304", "a value or null"),
        ("row: a\n", "MED304", "a list"),
    ],
)
def test_a_wrong_correction_is_refused_with_its_place(text: str, code: str, said: str) -> None:
    with pytest.raises(MedallionContractError) as raised:
        read_corrections(text, PATH, contract(ORDERS))
    assert raised.value.code == code
    assert said in str(raised.value)


def test_a_correction_is_text_as_it_was_written_or_nothing() -> None:
    text = "- {row: a, set: {order_amount: 12.50, status: null, event_id: 007}, by: Ada, why: x}\n"
    (found,) = read_corrections(text, PATH, contract(ORDERS))
    assert found.values == {"order_amount": "12.50", "status": None, "event_id": "007"}


def test_the_second_flow_reads_only_the_replay_table_and_is_judged_by_the_same_steps() -> None:
    source, replayed = plan_of(plan_tables(contract(ORDERS), {}), "silver.orders_checked").flows
    assert (replayed.name, replayed.source) == ("orders_checked_from_replay", "silver.orders_replay")
    assert replayed.source_is_stored
    assert replayed.steps[1:] == source.steps[1:]
    assert len(replayed.steps[0].select) == len(source.steps[0].select)
    assert "CREATE FLOW orders_checked_from_replay" in render_sql(contract(ORDERS), {})


def test_replay_tables_are_masked_and_never_granted() -> None:
    text = prepare_sql([contract(CUSTOMERS), contract(LINES)])
    assert "born_on DATE MASK ' || '`' || replace(given_silver, '`', '``') || '`' || '.mask_date" in text
    for column in ("full_name", "born_on", "_source", "_rescued_data"):
        assert f"(given_silver, 'customers_replay', '{column}')" in text


def test_the_sample_project_has_a_query_for_every_replay(tmp_path: Path) -> None:
    from medallion_toolkit.scaffold.project import create_project

    create_project(tmp_path, {"project_name": "shop"})
    project = load_project(tmp_path / "shop")
    text = (tmp_path / "shop" / "jobs" / "replay.sql").read_text("utf-8")
    flows = [flow.name for node in project.graph.nodes.values() for flow in node.flows]
    assert not [name for name in flows if name.endswith("_from_replay")]
    assert all(f"'silver.{table}' THEN" in text for table in ("orders", "order_lines", "customers", "products"))
