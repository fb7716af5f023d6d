"""Notebooks as pipeline files: magics and cells of other languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
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


@pytest.mark.fidelity(
    "Python notebooks in source format are pipeline code; %md cells and titles are not",
    source="ldp/developer, notebooks",
    verdict="same",
)
def test_a_notebook_in_source_format_is_recorded_with_its_line_numbers(tmp_path: Path) -> None:
    recording = record_project(write(tmp_path, {"n.py": SOURCE}), "n.py")

    assert recording.errors == ()
    assert [(item.name, item.place.line) for item in recording.datasets] == [
        ("shop.silver.a", 3),
        ("shop.silver.c", 22),
    ]


@pytest.mark.fidelity(
    "Cells with magic commands other than %pip and %md, such as %sql and %run in a Python notebook, are passed over",
    source="event log warning on magic commands in pipeline notebooks",
    verdict="same",
)
def test_cells_that_pipelines_pass_over_are_noted(tmp_path: Path) -> None:
    notes = record_project(write(tmp_path, {"n.py": SOURCE}), "n.py").notes

    assert [(note.code, note.found, str(note.place)) for note in notes] == [
        ("MED255", "%sql", f"{tmp_path / 'n.py'}:12"),
        ("MED255", "%run ./shared/setup", f"{tmp_path / 'n.py'}:18"),
    ]


@pytest.mark.fidelity(
    "Lines with %pip do not end a pipeline file", source="ldp/developer/external-dependencies", verdict="same"
)
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
