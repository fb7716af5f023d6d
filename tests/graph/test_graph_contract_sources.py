"""Every view that feeds a contract's table is there and gives its columns, the backfill's too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_project import make_project

from medallion_toolkit.errors import Problems
from medallion_toolkit.graph.project import load_project

BRONZE = """CREATE OR REFRESH STREAMING TABLE ${bronze}.lines
AS SELECT * FROM STREAM read_files('${landing}/lines', format => 'json', schema => 'id STRING, name STRING');
"""
CONTRACT = """table: silver.lines
from: [first_conformed, second_conformed]
backfill: old_lines
carry: [_row_id]
columns: {id: {type: string}, name: {type: string}}
"""


def test_each_source_is_held_against_the_contract(tmp_path: Path, repository: Path) -> None:
    files = {
        "sql/bronze/lines.sql": BRONZE,
        "sql/silver/first_conformed.sql": "CREATE TEMPORARY VIEW first_conformed\n"
        "AS SELECT id, name, id AS _row_id FROM STREAM(${bronze}.lines);\n",
        "sql/silver/second_conformed.sql": "CREATE TEMPORARY VIEW second_conformed\n"
        "AS SELECT id, id AS _row_id FROM STREAM(${bronze}.lines);\n",
        "sql/silver/old_lines.sql": "CREATE TEMPORARY VIEW old_lines\nAS SELECT id, name FROM ${bronze}.lines;\n",
        "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
        "contracts/silver/lines.yml": CONTRACT,
    }
    root = make_project(tmp_path, files)
    shutil.copytree(repository / "template" / "{{.project_name}}" / "medallion", root / "medallion")
    with pytest.raises(Problems) as raised:
        load_project(root)
    assert [(error.code, error.message) for error in raised.value.errors] == [
        ("MED330", "contracts/silver/lines.yml has the column name, which second_conformed does not give"),
        ("MED330", "contracts/silver/lines.yml has the column _row_id, which old_lines does not give"),
    ]
