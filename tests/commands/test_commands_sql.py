"""`medallion sql`: queries under the names of the project, nothing changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine.local_project import LocalProject
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.engine.answering import answer
from medallion_toolkit.errors import MedallionError, render_error
from medallion_toolkit.report.rows import rows_as_text


def values(project: LocalProject, query: str) -> list[tuple[object, ...]]:
    rows = answer(project.open(), query, 100)
    return [tuple(row[column] for column in rows.columns) for row in rows.values]


def state(project: LocalProject) -> set[Path]:
    files = (path for path in (project.root / ".medallion").rglob("*") if path.is_file())
    return {path for path in files if "spark" not in path.parts}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT order_id FROM silver.latest ORDER BY order_id DESC", ["D", "C", "A"]),
        ("SELECT latest.order_id FROM shop.silver.latest WHERE amount IS NULL", ["C"]),
        ("SELECT order_id FROM ${silver}.paid GROUP BY ALL HAVING count(*) > 1", ["A"]),
        ("WITH paid AS (SELECT 'x' AS order_id) SELECT order_id FROM paid", ["x"]),
        ("SELECT max(d.order_id) FROM dear d JOIN gold.`totals` t USING (order_id)", ["D"]),
        ("SELECT count(*) FROM read_files('${landing}/orders', format => 'json')", [6]),
        ("SELECT count(*) FROM silver.paid VERSION AS OF 0", [2]),
        ("SELECT (SELECT count(*) FROM bronze.orders) - (SELECT count(*) FROM paid)", [2]),
    ],
)
def test_datasets_are_known_by_all_their_names(looked_at: LocalProject, query: str, expected: list[object]) -> None:
    before = state(looked_at)
    assert [row[0] for row in values(looked_at, query)] == expected
    assert state(looked_at) == before


def test_columns_of_one_name_stay_apart_and_the_order_of_the_query_is_kept(looked_at: LocalProject) -> None:
    rows = answer(looked_at.open(), "SELECT order_id, order_id, amount FROM silver.paid ORDER BY amount DESC", 2)
    assert rows.columns == ("order_id", "order_id_2", "amount")
    assert [row["order_id_2"] for row in rows.values] == ["D", "A"]
    assert (rows.total, rows_as_text(rows).splitlines()[-1]) == (None, "the first 2 rows")


def test_tables_columns_and_history(looked_at: LocalProject) -> None:
    assert values(looked_at, "SHOW TABLES IN silver") == [
        ("silver", "latest", False, "streaming table", True),
        ("silver", "paid", False, "streaming table", True),
    ]
    assert ("", "arriving", True, "temporary view", True) in values(looked_at, "SHOW TABLES")
    assert values(looked_at, "DESCRIBE gold.totals") == [
        ("order_id", "string", None),
        ("payments", "bigint", None),
        ("amount", "decimal(22,2)", None),
    ]
    assert [row[0] for row in values(looked_at, "DESCRIBE HISTORY silver.paid")][-1] == 0


@pytest.mark.parametrize(
    ("query", "code", "marked"),
    [
        ("SELECT 1 AS one,\n  amont FROM silver.paid", "MED221", "amont"),
        ("SELECT * FROM\n silver.payed", "MED236", "silver.payed"),
        ("SELECT * FROM gold.totals VERSION AS OF 0", "MED450", "gold.totals"),
        ("SELECT * FROM STREAM(silver.paid)", "MED453", "STREAM"),
        ("SELECT order_id FROM silver.paid WHERE )", "MED204", ")"),
        ("SELECT * FROM my_function(1)", "MED402", "my_function"),
        ("SELECT * FROM read_files('/Volumes/other/a', format => 'json')", "MED406", "read_files"),
    ],
)
def test_what_is_wrong_is_marked_in_the_query(looked_at: LocalProject, query: str, code: str, marked: str) -> None:
    with pytest.raises(MedallionError) as caught:
        values(looked_at, query)
    error = caught.value
    assert error.code == code
    assert error.place is not None
    line, caret = render_error(error).splitlines()[1:3]
    assert line[caret.index("^") :].startswith(marked)


def test_a_streaming_view_has_no_rows_to_query(looked_at: LocalProject) -> None:
    with pytest.raises(MedallionError, match="streaming view"):
        values(looked_at, "SELECT * FROM arriving")


def test_a_write_ends_before_anything_starts(looked_at: LocalProject) -> None:
    command = ["sql", "DELETE FROM silver.paid", "--json", "--project", str(looked_at.root)]
    result = CliRunner().invoke(app, command)
    (error,) = json.loads(result.stdout)["errors"]
    assert (result.exit_code, error["code"], error["found"]) == (1, "MED452", "DELETE")
    assert len(values(looked_at, "SELECT * FROM silver.paid")) == 4
