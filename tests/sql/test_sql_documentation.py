"""The example of docs/pipeline-sql.md is true."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from medallion_toolkit.cli.main import app


def test_the_documented_output_is_what_the_command_prints(repository, tmp_path, monkeypatch):
    text = (repository / "docs" / "pipeline-sql.md").read_text(encoding="utf-8")
    (sql,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    (output,) = re.findall(r"```\n\$ medallion parse orders\.sql\n(.*?)```", text, re.DOTALL)
    (tmp_path / "orders.sql").write_text(sql, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["parse", "orders.sql"])

    assert result.stdout == output
    assert result.exit_code == 1
