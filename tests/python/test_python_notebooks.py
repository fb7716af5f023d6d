"""Notebooks as pipeline files: magics and cells of other languages."""

from __future__ import annotations

import json
from pathlib import Path

from python_projects import record_project, write

SOURCE = """
    # Databricks notebook source
    from pyspark import pipelines as dp
    dp.create_streaming_table("a")

    # COMMAND ----------

    # MAGIC %md
    # MAGIC # A title

    # COMMAND ----------

    # MAGIC %sql
    # MAGIC CREATE OR REFRESH MATERIALIZED VIEW b AS
    # MAGIC SELECT 1 AS one

    # COMMAND ----------

    # MAGIC %run ./shared/setup

    # COMMAND ----------

    dp.create_streaming_table("c")
    """


def test_a_notebook_in_source_format_is_recorded_with_its_line_numbers(tmp_path: Path) -> None:
    recording = record_project(write(tmp_path, {"n.py": SOURCE}), "n.py")

    assert recording.errors == ()
    assert [(item.name, item.place.line) for item in recording.datasets] == [
        ("shop.silver.a", 3),
        ("shop.silver.c", 22),
    ]


def test_a_run_of_another_notebook_is_noted(tmp_path: Path) -> None:
    [note] = record_project(write(tmp_path, {"n.py": SOURCE}), "n.py").notes

    assert (note.code, note.found) == ("MED255", "%run ./shared/setup")
    assert str(note.place) == f"{tmp_path / 'n.py'}:18"


def test_magic_lines_outside_of_comments_are_left_out(tmp_path: Path) -> None:
    text = """
        %pip install something
        !ls
        from pyspark import pipelines as dp
        remainder = (7
        % 4)
        dp.create_streaming_table(f"t{remainder}")
        """

    recording = record_project(write(tmp_path, {"n.py": text}), "n.py")

    assert [str(error) for error in recording.errors] == []
    assert [(item.name, item.place.line) for item in recording.datasets] == [("shop.silver.t3", 6)]


def test_a_jupyter_notebook_is_recorded(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A title"]},
        {"cell_type": "code", "source": ["%pip install x\n", "from pyspark import pipelines as dp\n"]},
        {"cell_type": "code", "source": "dp.create_streaming_table('a')"},
        {"cell_type": "code", "source": ["%sql\n", "SELECT 1"]},
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}))

    recording = record_project(tmp_path, "n.ipynb")

    assert [str(error) for error in recording.errors] == []
    assert [item.name for item in recording.datasets] == ["shop.silver.a"]


def test_a_broken_jupyter_notebook_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "n.ipynb").write_text("{")

    [error] = record_project(tmp_path, "n.ipynb").errors

    assert (error.code, str(error.place)) == ("MED258", str(tmp_path / "n.ipynb"))
