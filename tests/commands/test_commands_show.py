"""`medallion show`: published rows, conditions, earlier versions."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from engine.local_project import LocalProject
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.engine.rows import Rows, read_rows
from medallion_toolkit.errors import MedallionError, render_error
from medallion_toolkit.report.rows import rows_as_text


def shown(
    project: LocalProject, name: str, limit: int = 10, groups: tuple[str, ...] | None = None, **options: str
) -> Rows:
    return read_rows(project.open(), name, limit, groups=groups, **options)


def column(rows: Rows, name: str = "order_id") -> list[object]:
    return [row[name] for row in rows.values]


def refusal(project: LocalProject, name: str, groups: tuple[str, ...] | None = None, **options: str) -> MedallionError:
    with pytest.raises(MedallionError) as caught:
        shown(project, name, groups=groups, **options)
    return caught.value


@pytest.mark.fidelity(
    "Readers of an AUTO CDC target see its current rows only: no deleted keys and no columns of the engine",
    source="ldp/cdc",
    verdict="same",
)
def test_an_auto_cdc_target_shows_its_published_rows_in_order(looked_at: LocalProject) -> None:
    rows = shown(looked_at, "silver.latest")
    assert rows.columns == ("order_id", "amount", "ordered_at", "_rescued_data", "_source_file")
    assert column(rows) == ["A", "C", "D"]
    assert column(shown(looked_at, "latest", limit=2)) == ["A", "C"]
    assert rows_as_text(shown(looked_at, "silver.latest", limit=2)).endswith("\nsilver.latest: 3 rows, 2 shown")


def test_a_condition_chooses_rows_and_null_is_no_match(looked_at: LocalProject) -> None:
    rows = shown(looked_at, "bronze.orders", where="try_cast(amount AS INT) > 5")
    assert (column(rows), rows.total) == (["A", "B"], 2)
    assert shown(looked_at, "bronze.orders", where="amount IS NULL").total == 1


@pytest.mark.parametrize(
    ("where", "code", "marked", "help"),
    [
        ("amont > 5", "MED221", "amont", "did you mean amount?"),
        ("amount > 5 )", "MED220", ")", None),
        ("order_id = 'A' OR CAST(order_id AS INT) > 5", "MED411", "CAST", None),
    ],
)
def test_a_bad_condition_is_marked_where_it_is_bad(
    looked_at: LocalProject, where: str, code: str, marked: str, help: str | None
) -> None:
    error = refusal(looked_at, "bronze.orders", where=where)
    assert (error.code, error.help) == (code, help)
    headline, line, caret, *_ = render_error(error).splitlines()
    assert headline.startswith(f"{code} ")
    assert line.endswith(f"| {where}")
    assert line[caret.index("^") :].startswith(marked)


@pytest.mark.fidelity(
    "A streaming table can be read as of an earlier version or time", source="ldp/limitations", verdict="same"
)
def test_a_streaming_table_as_it_was(looked_at: LocalProject) -> None:
    assert column(shown(looked_at, "silver.paid")) == ["A", "A", "B", "D"]
    assert column(shown(looked_at, "silver.paid", as_of="0")) == ["A", "B"]
    history = CliRunner().invoke(
        app, ["sql", "DESCRIBE HISTORY silver.paid", "--json", "--project", str(looked_at.root)]
    )
    times = {row["version"]: row["timestamp"] for row in json.loads(history.stdout)["rows"]}
    assert column(shown(looked_at, "silver.paid", as_of=times[0])) == ["A", "B"]
    assert column(shown(looked_at, "silver.paid", as_of="1", where="amount > 10"), "amount") == [
        Decimal("12.00"),
        Decimal("20.50"),
    ]


@pytest.mark.fidelity(
    "A materialized view has no time travel", source="ldp/limitations", verdict="refused", code="MED450"
)
def test_earlier_rows_of_what_keeps_none_are_refused_as_there(looked_at: LocalProject) -> None:
    for name in ("gold.totals", "dear"):
        error = refusal(looked_at, name, as_of="0")
        assert (error.code, error.exit_code) == ("MED450", 2)


@pytest.mark.parametrize("as_of", ["99", "2020-01-01", "2999-01-01 00:00:00", "yesterday"])
def test_a_version_that_is_not_there_is_told_with_the_way_to_find_one(looked_at: LocalProject, as_of: str) -> None:
    error = refusal(looked_at, "silver.paid", as_of=as_of)
    assert (error.code, error.exit_code) == ("MED451", 2)
    assert error.next == "medallion sql 'DESCRIBE HISTORY silver.paid'"


def test_views_are_made_where_they_are_shown_and_streams_have_no_rows(looked_at: LocalProject) -> None:
    assert column(shown(looked_at, "dear", where="order_id <> 'X'")) == ["A", "D"]
    assert refusal(looked_at, "arriving").code == "MED412"


@pytest.mark.fidelity(
    "A reader's own conditions see masked values and filtered rows only", source="filters-and-masks", verdict="same"
)
def test_a_group_sees_what_filter_and_masks_leave(looked_at: LocalProject) -> None:
    analysts = shown(looked_at, "silver.paid", groups=("analysts",))
    assert (column(analysts), set(column(analysts, "amount"))) == (["A", "A", "D"], {None})
    assert shown(looked_at, "silver.paid", groups=("analysts",), where="amount > 0 OR order_id = 'B'").total == 0
    finance = shown(looked_at, "silver.paid", groups=("analysts", "finance"), where="amount > 6")
    assert column(finance) == ["A", "B", "D"]
    assert shown(looked_at, "silver.paid").total == 4


@pytest.mark.fidelity(
    "Readers of a table with a row filter or masks have no time travel",
    source="platform.md §8.2",
    verdict="refused",
    code="MED450",
)
def test_earlier_rows_of_a_protected_table_are_its_owners(looked_at: LocalProject) -> None:
    error = refusal(looked_at, "silver.paid", groups=("finance",), as_of="0")
    assert (error.code, error.help) == ("MED450", "leave out --as-of or --group")


def test_rows_as_json(looked_at: LocalProject) -> None:
    command = ["show", "gold.totals", "--where", "payments = 2", "--json", "--project", str(looked_at.root)]
    result = CliRunner().invoke(app, command)
    assert json.loads(result.stdout) == {
        "name": "gold.totals",
        "total": 1,
        "columns": ["order_id", "payments", "amount"],
        "rows": [{"order_id": "A", "payments": 2, "amount": "17.00"}],
    }
