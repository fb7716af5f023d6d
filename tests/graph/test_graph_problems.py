"""Whatever is wrong with files and graph is said before anything runs, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import ORDERS, make_project

from medallion_toolkit.errors import MedallionError, Problems, render_error
from medallion_toolkit.graph.project import load_project

VIEW = "CREATE OR REFRESH MATERIALIZED VIEW ${{gold}}.{name}\nAS SELECT order_id\nFROM {source};\n"


def problem(root: Path) -> MedallionError:
    with pytest.raises(MedallionError) as caught:
        load_project(root)
    return caught.value


def test_a_good_project_lists_its_datasets_by_short_name(tmp_path: Path) -> None:
    gold = VIEW.format(name="orders_by_day", source="${silver}.orders")
    silver = "CREATE OR REFRESH STREAMING TABLE ${silver}.orders AS SELECT order_id FROM STREAM(${bronze}.orders);"
    files = {"sql/bronze/orders.sql": ORDERS, "sql/silver/orders.sql": silver, "sql/gold/orders_by_day.sql": gold}
    project = load_project(make_project(tmp_path, files))
    assert set(project.display.values()) == {"bronze.orders", "silver.orders", "gold.orders_by_day"}
    assert project.depends["shop.gold.orders_by_day"] == ("shop.silver.orders",)
    assert project.depends["shop.silver.orders"] == ("shop.bronze.orders",)


def test_a_missing_input_names_its_place_and_the_nearest_name(tmp_path: Path) -> None:
    files = {"sql/bronze/orders.sql": ORDERS, "sql/gold/totals.sql": VIEW.format(name="totals", source="bronze.ordes")}
    error = problem(make_project(tmp_path, files))
    assert error.code == "MED401"
    assert str(error.place) == "sql/gold/totals.sql:3:6"
    assert error.help == "did you mean bronze.orders?"
    assert "     3 | FROM bronze.ordes;\n       |      ^^^^^^^^^^^^" in render_error(error, tmp_path)


def test_a_dataset_defined_twice_shows_both_places(tmp_path: Path) -> None:
    files = {"sql/bronze/orders.sql": ORDERS, "sql/bronze/again.sql": ORDERS}
    error = problem(make_project(tmp_path, files))
    assert error.code == "MED230"
    assert {error.place.path if error.place else "", *(note.path for note in error.notes)} == {
        "sql/bronze/again.sql",
        "sql/bronze/orders.sql",
    }


def test_a_circle_is_told_in_reading_order(tmp_path: Path) -> None:
    files = {
        "sql/gold/a.sql": VIEW.format(name="a", source="${gold}.b"),
        "sql/gold/b.sql": VIEW.format(name="b", source="${gold}.c"),
        "sql/gold/c.sql": VIEW.format(name="c", source="${gold}.a"),
    }
    error = problem(make_project(tmp_path, files))
    assert error.code == "MED233"
    assert "shop.gold.a → shop.gold.b → shop.gold.c → shop.gold.a" in error.message


def test_a_dataset_that_reads_itself_is_a_circle(tmp_path: Path) -> None:
    error = problem(make_project(tmp_path, {"sql/gold/a.sql": VIEW.format(name="a", source="gold.a")}))
    assert error.code == "MED233"


def test_an_unknown_parameter_names_the_nearest(tmp_path: Path) -> None:
    files = {"sql/bronze/orders.sql": ORDERS.replace("${bronze}", "${bronz}")}
    error = problem(make_project(tmp_path, files))
    assert (error.code, error.help) == ("MED209", "did you mean ${bronze}?")
    lost = {"sql/gold/a.sql": VIEW.format(name="a", source="\n    ${golt}.b")}
    assert str(problem(make_project(tmp_path / "read", lost)).place).endswith("sql/gold/a.sql:4:5")


def test_a_syntax_error_does_not_hide_the_other_files(tmp_path: Path) -> None:
    files = {
        "sql/bronze/orders.sql": ORDERS,
        "sql/gold/broken.sql": "CREATE OR REFRESH MATERIALIZED gold.x AS SELECT 1;\n",
        "sql/gold/totals.sql": VIEW.format(name="totals", source="${nowhere}.x"),
    }
    error = problem(make_project(tmp_path, files))
    assert isinstance(error, Problems)
    assert {one.place.path for one in error.errors if one.place} == {"sql/gold/broken.sql", "sql/gold/totals.sql"}


def test_a_flow_into_an_unknown_table_is_refused(tmp_path: Path) -> None:
    flow = "CREATE FLOW more AS INSERT INTO ${bronze}.ordrs BY NAME SELECT * FROM STREAM(${bronze}.orders);\n"
    error = problem(make_project(tmp_path, {"sql/bronze/orders.sql": ORDERS, "sql/bronze/more.sql": flow}))
    assert (error.code, error.help) == ("MED231", "did you mean shop.bronze.orders?")


def test_a_streaming_table_without_a_query_or_flow_is_refused(tmp_path: Path) -> None:
    files = {"sql/bronze/empty.sql": "CREATE OR REFRESH STREAMING TABLE ${bronze}.empty;\n"}
    assert problem(make_project(tmp_path, files)).code == "MED232"


def test_other_sql_does_not_belong_into_a_pipeline(tmp_path: Path) -> None:
    error = problem(make_project(tmp_path, {"sql/gold/grants.sql": "GRANT SELECT ON TABLE x TO `analysts`;\n"}))
    assert error.code == "MED219"


def test_a_volume_mapped_by_a_wrong_key_names_the_right_one(tmp_path: Path) -> None:
    root = make_project(tmp_path, {"sql/bronze/orders.sql": ORDERS})
    (root / "pyproject.toml").write_text('[tool.medallion.local]\nvolumes.landings = "landing"\n', encoding="utf-8")
    error = problem(root)
    assert error.code == "MED132"
    assert "landing" in (error.help or "")
