"""One set of rules over every way a contract can make its tables, and where each row ended."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from local_project import LocalProject

from medallion import read_contract, render_files
from medallion_toolkit.engine.session import SessionOnDemand

COLUMNS = "line_id STRING, quantity STRING, price STRING, is_test STRING, op STRING, at STRING"
BRONZE = """CREATE OR REFRESH STREAMING TABLE ${{bronze}}.{name}
AS SELECT *, concat('{name}-', uuid()) AS _row_id, _metadata.file_name AS _source_file
FROM STREAM read_files('${{landing}}/{name}', format => 'json', schema => '{columns}',
    rescuedDataColumn => '_rescued_data');
"""
CONFORMED = "CREATE TEMPORARY VIEW {name}_conformed AS SELECT * FROM STREAM(${{bronze}}.{name});"
BATCH = "CREATE TEMPORARY VIEW {name}_all AS SELECT * FROM ${{bronze}}.{name};"
RULES = """keys: [line_id]
carry: [_row_id, _source_file, _rescued_data]
columns:
  line_id:  {type: string, rules: [length: {max: 3}]}
  quantity: {type: int, rules: [range: {min: 1}]}
  price:    {type: double, rules: [range: {min: 0}, {range: {max: 50, name: price_usual, on_fail: tag}}]}
  is_test:  {type: boolean}
  op:       {type: string}
  at:       {type: int}
rules:
  no_test_rows: {sql: "NOT coalesce(is_test, false)", on_fail: drop}
  price_with_quantity: {sql: "price IS NULL OR quantity IS NOT NULL", on_fail: warn}
"""
HISTORY = "history: {type: 2, sequence_by: at, delete_when: op = 'delete', not_stored: [op]}\n"
FORMS = {
    "stored": "from: lines_conformed\nevolution: ignore\n",
    "unstored": "from: lines_conformed\nquarantine: {mode: split, stored: false}\n",
    "flagged": "from: lines_conformed\nquarantine: flag\n",
    "tagged": "from: lines_conformed\nquarantine: tag\n",
    "several": "from: [lines_conformed, more_conformed]\nbackfill: old_all\n",
    "viewed": "from: lines_all\nkind: materialized_view\n",
    "versions": "from: lines_conformed\nevolution: add_nullable\n" + HISTORY,
}
PRINTED = ("several", "viewed")
NEW = 9
VALUES: Mapping[str, tuple[str | None, ...]] = {
    "line_id": (None, "", "A", "B", "C", "D", "E", "long id"),
    "quantity": (None, "", "0", "1", "2", "1.5", "99999999999"),
    "price": (None, "NaN", "Infinity", "-1", "9.5", "10,5", "70"),
    "is_test": (None, "true", "false", "no", "maybe"),
    "op": (None, "insert", "update", "delete"),
    "at": (None, "1", "2", "3", "4", "5", "x"),
}


KNOWN = "CREATE OR REFRESH MATERIALIZED VIEW ${silver}.known AS SELECT explode(array('A', 'B', 'C', 'C', NULL)) AS id;"
MORE = {
    "several": ", reference: {to: silver.known.id, on_fail: quarantine}",
    "viewed": ", reference: {to: silver.known.id, on_fail: quarantine}, "
    "unique: {columns: [at, quantity], on_fail: quarantine}",
}


def contract_text(form: str, name: str) -> str:
    """The contract of a form under a name; two forms look at more than the row."""
    more = MORE.get(form, "")
    return f"table: silver.{name}\n{FORMS[form]}{RULES}".replace("{max: 3}]", f"{{max: 3}}{more}]")


def project_files() -> dict[str, str]:
    """Contracts declared in Python, and some of them printed as SQL under a name of their own."""
    files = {"python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n"}
    for name in ("lines", "more", "old"):
        files[f"sql/bronze/{name}.sql"] = BRONZE.format(name=name, columns=COLUMNS)
        files[f"sql/silver/{name}_conformed.sql"] = CONFORMED.format(name=name)
        files[f"sql/silver/{name}_all.sql"] = BATCH.format(name=name)
    files["sql/silver/known.sql"] = KNOWN
    del files["sql/silver/old_conformed.sql"]
    for form in FORMS:
        files[f"contracts/silver/{form}.yml"] = contract_text(form, form)
    for form in PRINTED:
        files |= render_files(read_contract(contract_text(form, f"{form}_sql")))
    return files


def make_project(root: Path, source: SessionOnDemand, repository: Path) -> LocalProject:
    """The project with the helper modules of the template."""
    project = LocalProject(root, source, project_files())
    shutil.copytree(repository / "template" / "{{.project_name}}" / "medallion", root / "medallion")
    return project


def random_rows(seed: int, count: int) -> list[dict[str, str | None]]:
    """Rows of every kind of value, a tenth of them twice."""
    chance = random.Random(seed)
    rows = [{name: chance.choice(values) for name, values in VALUES.items()} for _ in range(count)]
    for row in rows[:NEW]:
        row["loyalty"] = chance.choice(("1", "2")) if seed < 10 else "gold"
    return rows + chance.sample(rows, count // 10)


def ids(rows: Iterable[tuple[object, ...]]) -> Counter[str]:
    return Counter(str(row[0]) for row in rows)
