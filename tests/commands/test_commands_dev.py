"""`medallion dev` as its user meets it: a terminal, a session, files that change."""

from __future__ import annotations

import json
import re
from pathlib import Path

from command_project import DAYS, PAID, order
from small_project import ORDERS, make_project, write_files
from terminal import Terminal, on_a_terminal

TOTALS = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals
AS SELECT order_id, count(*) AS payments FROM ${silver}.paid GROUP BY order_id;
"""
CASE = """tests:
  payments are counted:
    given:
      silver.paid: [{order_id: A, amount: 5}, {order_id: A, amount: 6}]
    expect:
      gold.totals: [{order_id: A, payments: 2}]
"""
FILES = {
    "sql/bronze/orders.sql": ORDERS,
    "sql/silver/paid.sql": PAID,
    "sql/gold/totals.sql": TOTALS,
    "tests/gold/totals.yml": CASE,
}
SESSION_STARTS = 180
SECONDS = 90


def row_of(screen: str, name: str) -> list[str]:
    """The last line of the screen that is about the dataset, in words."""
    return [line for line in screen.splitlines() if f" {name} " in line][-1].split()


def result_of(terminal: Terminal, project: Path, text: str) -> str:
    """What is on the screen when gold.totals has been saved as `text` and run again."""
    write_files(project, {"sql/gold/totals.sql": text})
    terminal.wait_for("running … (change of sql/gold/totals.sql)", SECONDS)
    return terminal.wait_for("after change of sql/gold/totals.sql", SECONDS)


def test_change_break_mend_show_and_quit(tmp_path: Path) -> None:
    lines = "".join(json.dumps(order(*row)) + "\n" for row in DAYS[0])
    project = make_project(tmp_path, {**FILES, "landing/orders/day1.json": lines})
    with on_a_terminal(project, "dev") as terminal:
        first = terminal.wait_for("after start; watching", SESSION_STARTS)
        assert row_of(first, "gold.totals")[2:5] == ["ok", "2", "2"]

        changed = result_of(terminal, project, TOTALS.replace("GROUP BY", "WHERE amount > 5 GROUP BY"))
        assert row_of(changed, "gold.totals")[:5] == ["*", "gold.totals", "ok", "1", "1"]
        assert row_of(changed, "silver.paid")[:2] == ["silver.paid", "ok"]
        tested = terminal.wait_for("tests: 0 passed, 1 failed", SECONDS)
        assert "FAILED gold.totals: payments are counted" in tested

        broken = result_of(terminal, project, TOTALS.replace("order_id,", "ordr_id,"))
        assert "MED221" in broken
        assert "2 | AS SELECT ordr_id, count(*)" in broken

        write_files(project, {"sql/gold/totals.sql": TOTALS.replace("CREATE OR", "CREATE R")})
        unreadable = terminal.wait_for("the last good results stay", SECONDS)
        assert "1 | CREATE R REFRESH" in unreadable

        mended = result_of(terminal, project, TOTALS)
        assert row_of(mended, "gold.totals")[2:5] == ["ok", "2", "2"]
        assert "MED" not in mended[mended.rindex("dataset ") :]
        terminal.wait_for("tests: 1 passed", SECONDS)

        write_files(project, {"landing/orders/day2.json": json.dumps(order("Z", "9", "3")) + "\n"})
        arrived = terminal.wait_for("after change of landing/orders/day2.json", SECONDS)
        assert row_of(arrived, "bronze.orders")[:5] == ["*", "bronze.orders", "ok", "1", "1"]
        assert row_of(arrived, "gold.totals")[3:5] == ["3", "3"]

        terminal.type("sgold.totals\r")
        shown = terminal.wait_for("gold.totals: 3 rows", SECONDS)
        assert re.search(r"\nZ +1\n", shown)
        terminal.type("q")
        assert terminal.end(SECONDS) == 0
