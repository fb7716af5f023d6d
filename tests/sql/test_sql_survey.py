"""`medallion parse` over files, folders and notebooks."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

VIEW = "CREATE MATERIALIZED VIEW v AS SELECT a FROM b;\n"


def parse(*arguments):
    return CliRunner().invoke(app, ["parse", *map(str, arguments)])


def parsed(*arguments):
    result = parse(*arguments, "--json")
    return result.exit_code, json.loads(result.stdout)


def test_a_statement_is_printed_as_json(tmp_path):
    file = tmp_path / "v.sql"
    file.write_text(
        "-- note\nCREATE MATERIALIZED VIEW v (CONSTRAINT c EXPECT (a > 0))\n"
        "CLUSTER BY AUTO AS SELECT a FROM STREAM(b);\n"
    )
    code, document = parsed(file)
    (statement,) = document["files"][0]["statements"]

    assert code == 0
    assert document["files"][0]["path"] == str(file)
    assert (statement["kind"], statement["name"], statement["line"]) == ("materialized_view", "v", 2)
    assert [(found["name"], found["mode"]) for found in statement["inputs"]] == [("b", "stream")]
    assert statement["expectations"] == [{"name": "c", "condition": "a > 0", "action": "warn", "line": 2}]
    assert [column["name"] for column in statement["columns"]] == ["a"]
    assert statement["clauses"] == {"cluster_by": "AUTO"}
    assert statement["error"] is None


def test_an_error_has_its_place_and_the_other_statements_are_read(tmp_path):
    file = tmp_path / "v.sql"
    file.write_text("CREATE STREAMING TABLE;\n" + VIEW)
    code, document = parsed(file)
    broken, view = document["files"][0]["statements"]

    assert code == 1
    assert (broken["kind"], broken["error"]["code"], broken["error"]["line"]) == ("invalid", "MED204", 1)
    assert (view["kind"], view["error"]) == ("materialized_view", None)


def test_folders_are_read_by_name_without_hidden_and_installed_ones(tmp_path):
    for name in ("b/two.sql", "a/one.sql", ".git/no.sql", "node_modules/no.sql", "a/no.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(VIEW)
    _, document = parsed(tmp_path)

    assert [file["path"] for file in document["files"]] == [str(tmp_path / "a/one.sql"), str(tmp_path / "b/two.sql")]


def test_a_path_that_does_not_exist_is_a_usage_error(tmp_path):
    result = parse(tmp_path / "missing.sql")

    assert result.exit_code == 2
    assert f"MED272 the path {tmp_path / 'missing.sql'} does not exist" in result.stderr


@pytest.mark.parametrize("content", [b"", b"\n\n", b"-- only a comment", b"\xef\xbb\xbf"])
def test_a_file_without_statements_is_no_error(tmp_path, content):
    (tmp_path / "empty.sql").write_bytes(content)
    code, document = parsed(tmp_path)

    assert (code, document["files"][0]["statements"]) == (0, [])


def test_a_byte_order_mark_does_not_move_the_first_column(tmp_path):
    (tmp_path / "v.sql").write_bytes(b"\xef\xbb\xbf" + VIEW.encode())
    _, document = parsed(tmp_path)

    assert document["files"][0]["statements"][0]["column"] == 1


def test_a_file_that_is_not_utf8_says_where(tmp_path):
    (tmp_path / "latin.sql").write_bytes(b"SELECT 1;\nSELECT 'caf\xe9'")
    (tmp_path / "v.sql").write_text(VIEW)
    code, document = parsed(tmp_path)
    error = document["files"][0]["statements"][0]["error"]

    assert code == 1
    assert (error["code"], error["line"], error["column"], error["found"]) == ("MED201", 2, 12, "byte 0xe9")
    assert document["files"][1]["statements"][0]["name"] == "v"


def test_sql_cells_of_a_python_notebook_keep_their_lines(tmp_path):
    file = tmp_path / "notebook.py"
    file.write_text(
        "# Databricks notebook source\nimport dlt\n\n# COMMAND ----------\n\n# MAGIC %sql\n"
        "# MAGIC CREATE MATERIALIZED VIEW v AS\n# MAGIC SELECT 1 AS a FROM b\n\n# COMMAND ----------\n\n"
        "# MAGIC %md\n# MAGIC CREATE nothing\n\n# COMMAND ----------\n\n# MAGIC %sql SELECT * FROM c\n"
    )
    (tmp_path / "plain.py").write_text("print('CREATE')\n")
    _, document = parsed(tmp_path)
    (found,) = document["files"]
    view, query = found["statements"]

    assert (view["kind"], view["line"], view["column"]) == ("materialized_view", 7, 9)
    assert (view["inputs"][0]["name"], view["inputs"][0]["line"]) == ("b", 8)
    assert (query["kind"], query["line"], query["inputs"][0]["name"]) == ("other", 17, "c")


def test_sql_cells_of_an_ipython_notebook_are_named_by_cell(tmp_path):
    cells = [
        {"cell_type": "code", "source": ["print(1)\n"]},
        {"cell_type": "code", "source": ["%sql\n", "CREATE VIEW v AS SELECT 1 AS a"]},
        {"cell_type": "markdown", "source": "%sql is a magic"},
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "broken.ipynb").write_text("{")
    code, document = parsed(tmp_path)
    (found,) = document["files"]

    assert (code, found["path"]) == (0, f"{tmp_path / 'n.ipynb'}#cell-2")
    assert (found["statements"][0]["name"], found["statements"][0]["line"]) == ("v", 2)


def test_the_text_form_shows_inputs_expectations_and_errors(tmp_path):
    file = tmp_path / "orders.sql"
    file.write_text(
        "CREATE OR REFRESH STREAMING TABLE orders (\n"
        "    CONSTRAINT id_present EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW\n"
        ") AS SELECT id FROM STREAM read_files('/landing/orders', format => 'csv') JOIN countries USING (code);\n"
        "CREATE FLOW f AS INSERT INTO orders BY NAME SELECT * FROM STREAM(raw);\n"
        "USE SCHEMA silver;\n"
        "CREATE OR REPLACE STREAMING TABLE x;\n"
    )
    result = parse(file)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        str(file),
        "     1  streaming table    orders",
        "        reads     stream csv files /landing/orders",
        "        reads     countries",
        "        drop      id_present: id IS NOT NULL",
        "     4  flow insert        f into orders",
        "        reads     stream raw",
        "     5  use                schema silver",
        "     6  invalid            MED206 pipelines do not accept CREATE OR REPLACE STREAMING TABLE",
        "",
        f"MED206 pipelines do not accept CREATE OR REPLACE STREAMING TABLE   {file}:6:11",
        "     6 | CREATE OR REPLACE STREAMING TABLE x;",
        "       |           ^^^^^^^ found REPLACE expected CREATE OR REFRESH STREAMING TABLE",
        "",
        "1 file, 4 statements, 1 error",
    ]
