"""What a changed definition does to rows that are there: told first, then as in the workspace."""

from __future__ import annotations

import pytest
from local_project import Heard, LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.run import RunOptions, RunResult, run_project
from medallion_toolkit.engine.session import SessionOnDemand

PAID = "CREATE OR REFRESH STREAMING TABLE ${silver}.paid\nAS SELECT order_id, amount FROM STREAM(${bronze}.orders);\n"
GROUPED = """CREATE OR REFRESH STREAMING TABLE ${silver}.grouped
AS SELECT order_id, count(*) AS n FROM STREAM(${bronze}.orders) GROUP BY order_id;
"""
LAST = """CREATE OR REFRESH STREAMING TABLE ${silver}.last;
CREATE FLOW last_from_orders AS AUTO CDC INTO ${silver}.last FROM STREAM(${bronze}.orders)
KEYS (order_id) SEQUENCE BY ordered_at;
"""
TOTAL = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.total AS SELECT count(*) AS n FROM bronze.orders;\n"
FILES = {
    "sql/bronze/orders.sql": ORDERS,
    "sql/bronze/more.sql": ORDERS.replace("}.orders", "}.more"),
    "sql/silver/paid.sql": PAID,
    "sql/silver/grouped.sql": GROUPED,
    "sql/silver/last.sql": LAST,
    "sql/gold/total.sql": TOTAL,
}
SOURCE = "ldp/full-refresh-st"


class Changing(LocalProject):
    """Change one file, run, and take the change back."""

    def with_file(self, name: str, text: str, **options: object) -> tuple[dict[str, str], dict[str, str], RunResult]:
        """What was told of each dataset, how each ended, and the result."""
        before = (self.root / name).read_text(encoding="utf-8")
        self.write({name: text})
        heard = Heard()
        result = run_project(self.open(), RunOptions(**options), heard)
        told = {change.key.removeprefix("shop."): change.consequence for change in heard.changes}
        ended = {one.key.removeprefix("shop."): _ended(one) for one in heard.results}
        self.write({name: before})
        return told, ended, result


def _ended(result: object) -> str:
    error = getattr(result, "error", None)
    return error.code if error else str(getattr(result, "outcome", ""))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> Changing:
    found = Changing(tmp_path_factory.mktemp("changes"), session_source, FILES)
    found.deliver("1", [{"order_id": "A", "amount": "5", "ordered_at": "1"}])
    assert found.run().ok
    return found


@pytest.mark.fidelity(
    "A streaming table whose query changed goes on: rows that are there stay, new rows follow the new query",
    source=SOURCE,
    verdict="same",
)
@pytest.mark.fidelity(
    "A column added to a streaming table's query is NULL in older rows", source=SOURCE, verdict="same"
)
@pytest.mark.fidelity(
    "A column taken from a streaming table's query stays in the table and is NULL in new rows",
    source=SOURCE,
    verdict="same",
)
def test_a_streaming_table_goes_on_with_another_query(project: Changing) -> None:
    project.deliver("2", [{"order_id": "B", "amount": "7", "ordered_at": "2"}])
    changed = PAID.replace("order_id, amount", "order_id, 'new' AS mark")
    told, ended, _result = project.with_file("sql/silver/paid.sql", changed)
    assert told == {"silver.paid": "continues"}
    assert ended["silver.paid"] == "ok"
    assert project.rows("silver.paid", "order_id", "amount", "mark") == [("A", "5", None), ("B", None, "new")]
    project.run(full_refresh=("silver.paid",))


@pytest.mark.fidelity(
    "A materialized view whose query changed is computed anew from its inputs",
    source="ldp/materialized-views",
    verdict="same",
)
def test_a_materialized_view_is_recomputed(project: Changing) -> None:
    told, ended, _result = project.with_file("sql/gold/total.sql", TOTAL.replace("count(*)", "10 * count(*)"))
    assert told == {"gold.total": "recomputed"}
    assert ended["gold.total"] == "ok"
    project.run()


UNDONE = [
    ("sql/silver/paid.sql", PAID.replace("{bronze}.orders", "{bronze}.more"), "silver.paid", "MED422"),
    (
        "sql/silver/paid.sql",
        PAID.replace("STREAMING TABLE", "MATERIALIZED VIEW").replace("STREAM(", "("),
        "silver.paid",
        "MED422",
    ),
    ("sql/silver/grouped.sql", GROUPED.replace("count(*)", "count(amount)"), "silver.grouped", "MED422"),
    ("sql/silver/last.sql", LAST.replace("KEYS (order_id)", "KEYS (amount)"), "silver.last", "MED422"),
    ("sql/silver/last.sql", LAST.replace("SEQUENCE BY ordered_at", "SEQUENCE BY amount"), "silver.last", "MED422"),
    ("sql/silver/last.sql", LAST.replace("ordered_at;", "ordered_at STORED AS SCD TYPE 2;"), "silver.last", "MED422"),
]


@pytest.mark.fidelity(
    "Another source of a stream needs a full refresh", source=SOURCE, verdict="refused", code="MED422"
)
@pytest.mark.fidelity(
    "Another aggregate of a stream that keeps state needs a full refresh",
    source=SOURCE,
    verdict="refused",
    code="MED422",
)
@pytest.mark.fidelity(
    "Other keys, another order or another history of an AUTO CDC flow need a full refresh",
    source="ldp-sql-ref-apply-changes-into",
    verdict="refused",
    code="MED422",
)
@pytest.mark.fidelity(
    "A streaming table cannot become a materialized view in place", source=SOURCE, verdict="refused", code="MED422"
)
def test_what_cannot_go_on_is_told_and_touches_nothing(project: Changing) -> None:
    for name, text, table, code in UNDONE:
        before = project.rows(table)
        told, ended, result = project.with_file(name, text)
        assert (told, ended[table], result.ok) == ({table: "full refresh needed"}, code, False)
        assert project.rows(table) == before
        assert ended["bronze.orders"] == "unchanged"


@pytest.mark.fidelity(
    "Another type of a stored column needs a full refresh", source=SOURCE, verdict="refused", code="MED423"
)
def test_another_type_needs_a_full_refresh_which_then_works(project: Changing) -> None:
    changed = PAID.replace("amount", "CAST(amount AS INT) AS amount")
    _told, ended, _result = project.with_file("sql/silver/paid.sql", changed)
    assert ended["silver.paid"] == "MED423"
    _told, ended, result = project.with_file("sql/silver/paid.sql", changed, full_refresh=("silver.paid",))
    assert result.ok
    assert {row[0] for row in project.rows("silver.paid", "amount")} <= {5, 7}
    project.run(full_refresh=("silver.paid",))


def test_a_dataset_without_a_file_is_told_and_its_rows_stay(project: Changing) -> None:
    (project.root / "sql/gold/total.sql").unlink()
    heard = Heard()
    result = run_project(project.open(), RunOptions(), heard)
    assert result.ok
    assert [(change.key, change.consequence) for change in heard.changes] == [("shop.gold.total", "not made any more")]
    assert project.open().store.exists("shop.gold.total")
    project.write({"sql/gold/total.sql": TOTAL})
