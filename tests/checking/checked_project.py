"""A small shop whose orders were run once and committed; tests change its files and put them back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.local_project import LocalProject

from medallion_toolkit.checking.effect import RuleEffect, TableEffect
from medallion_toolkit.checking.running import Question, check_local
from medallion_toolkit.engine.session import SessionOnDemand

HELPERS = Path(__file__).parents[2] / "template" / "{{.project_name}}" / "medallion"
BRONZE = """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT *, concat('r', order_id) AS _row_id
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, status STRING, amount STRING, email STRING, op STRING');
"""
VIEW = """CREATE TEMPORARY VIEW orders_conformed
AS SELECT order_id, lower(status) AS status, amount, email, _row_id
FROM STREAM(${bronze}.orders);
"""
CONTRACT = """table: silver.orders
from: orders_conformed
description: Orders.
keys: [order_id]
columns:
  order_id: {type: string}
  status: {type: string, rules: [allowed_values: [placed, paid, returned]]}
  amount: {type: "decimal(12,2)", rules: [range: {min: 0}]}
  email: {type: string, class: pii, rules: [email]}
carry: [_row_id]
limits: {quarantined: 30 %}
"""
TOTALS = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals
AS SELECT status, count(*) AS orders FROM ${silver}.orders GROUP BY status;
"""
TOTALS_CONTRACT = """table: gold.totals
columns:
  status: {type: string, rules: [not_null]}
  orders: {type: bigint, rules: [range: {min: 2}]}
"""
PREPARE = """CREATE OR REPLACE FUNCTION shop.silver.mask_text(value STRING) RETURN value;
"""
FILES = {
    "sql/bronze/orders.sql": BRONZE,
    "sql/silver/orders_conformed.sql": VIEW,
    "contracts/silver/orders.yml": CONTRACT,
    "sql/gold/totals.sql": TOTALS,
    "contracts/gold/totals.yml": TOTALS_CONTRACT,
    "python/contracts.py": 'from medallion import declare_tables\n\ndeclare_tables("silver")\n',
    "jobs/prepare.sql": PREPARE,
    ".gitignore": ".medallion/\n",
}
ROWS = [
    ("1", "placed", "10", "a@x.org"),
    ("2", "PAID", "12,50", "b@x.org"),
    ("3", "returned", "7", "c@x.org"),
    ("4", "returned", "8", "no address"),
    ("5", "lost", "-1", "e@x.org"),
    ("6", "paid", None, None),
]


class CheckedProject:
    """The project, its rows and its git history."""

    def __init__(self, root: Path, source: SessionOnDemand) -> None:
        self.local = LocalProject(root, source, FILES)
        self.root = root
        shutil.copytree(HELPERS, root / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
        names = ("order_id", "status", "amount", "email")
        self.local.deliver("day1", [dict(zip(names, row, strict=True)) for row in ROWS])
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "base")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True)

    @contextmanager
    def changed(self, files: Mapping[str, str]) -> Iterator[None]:
        """The files as given, for the block."""
        self.local.write(files)
        try:
            yield
        finally:
            self.local.write({path: FILES[path] for path in files})

    def check(self, name: str | None = "silver.orders", **options: object) -> TableEffect:
        (effect,) = self.result(name, **options).tables
        return effect

    def result(self, name: str | None = None, **options: object):
        return check_local(self.root, None, self.local.source, Question(name, **options))

    def tables(self) -> dict[str, float]:
        """Every file of the local state with its time, to see that nothing was written."""
        state = self.root / ".medallion" / "tables"
        return {str(file): file.stat().st_mtime for file in state.rglob("*") if file.is_file()}


def counts(effect: TableEffect) -> dict[str, tuple[int | None, int | None]]:
    """Before and now of every rule that has something to tell."""
    return {rule.rule: (rule.before, rule.now) for rule in effect.rules if rule.is_told}


def rule(effect: TableEffect, name: str) -> RuleEffect:
    return next(one for one in effect.rules if one.rule == name)
