"""A small project and the YAML tests of one of its tables, run in the test's process."""

from __future__ import annotations

from pathlib import Path

from small_project import ORDERS, make_project, write_files

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.testing.cases import read_cases
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.running import CaseResult, run_case

FILES = {
    "sql/bronze/orders.sql": ORDERS,
    "sql/bronze/events.sql": """CREATE OR REFRESH STREAMING TABLE ${bronze}.events
AS SELECT * FROM STREAM read_files('${landing}/events', format => 'json',
    schema => 'id STRING, name STRING, at INT, op STRING');
""",
    "sql/silver/paid_orders.sql": """CREATE OR REFRESH STREAMING TABLE ${silver}.paid_orders (
    CONSTRAINT amount_present EXPECT (amount IS NOT NULL) ON VIOLATION DROP ROW,
    CONSTRAINT amount_positive EXPECT (CAST(amount AS DECIMAL(10, 2)) > 0)
)
AS SELECT order_id, amount, CAST(ordered_at AS DATE) AS ordered_on, uuid() AS token FROM STREAM(${bronze}.orders);
""",
    "sql/silver/checked_orders.sql": """CREATE OR REFRESH STREAMING TABLE ${silver}.checked_orders (
    CONSTRAINT id_known EXPECT (order_id IS NOT NULL) ON VIOLATION FAIL UPDATE
)
AS SELECT order_id FROM STREAM(${bronze}.orders);
""",
    "sql/silver/distinct_orders.sql": """CREATE OR REFRESH STREAMING TABLE ${silver}.distinct_orders
AS SELECT DISTINCT order_id FROM STREAM(${bronze}.orders);
""",
    "sql/silver/names.sql": """CREATE OR REFRESH STREAMING TABLE ${silver}.names;
CREATE FLOW names_flow AS AUTO CDC INTO ${silver}.names FROM STREAM(${bronze}.events)
KEYS (id) APPLY AS DELETE WHEN op = 'delete' SEQUENCE BY at COLUMNS * EXCEPT (op) STORED AS SCD TYPE 1;
""",
    "sql/silver/calendar.sql": """CREATE OR REFRESH MATERIALIZED VIEW ${silver}.calendar
AS SELECT explode(sequence(DATE '2026-01-01', DATE '2026-01-31')) AS day;
""",
    "sql/gold/daily.sql": """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily
AS
WITH by_day AS (
    SELECT ordered_on AS day, count(*) AS orders, min(token) = max(token) AS is_single
    FROM ${silver}.paid_orders
    GROUP BY ordered_on
),
busy AS (
    SELECT * FROM by_day WHERE orders > 1
)
SELECT calendar.day, coalesce(by_day.orders, 0) AS orders, busy.day IS NOT NULL AS is_busy, names.name
FROM ${silver}.calendar AS calendar
LEFT JOIN by_day ON by_day.day = calendar.day
LEFT JOIN busy ON busy.day = calendar.day
LEFT JOIN ${silver}.names AS names ON names.at = day(calendar.day);
""",
}


class CaseProject:
    """A project whose tests are written as text; all of them share what they find out about it."""

    def __init__(self, root: Path, source: SessionOnDemand) -> None:
        self.root = make_project(root, FILES)
        self._known = Known()
        self._source = source

    def opened(self) -> LocalRun:
        return LocalRun.open(self.root, None, self._source)

    def results(self, text: str) -> dict[str, CaseResult]:
        """Results of a test file by the names of its tests."""
        write_files(self.root, {"tests/silver/file.yml": text})
        run = self.opened()
        cases = read_cases(self.root / "tests" / "silver" / "file.yml", self.root)
        return {case.name: run_case(run, case, self._known) for case in cases}

    def lines(self, text: str) -> dict[str, tuple[str, ...]]:
        """What the tests found, by name; nothing for one that passed."""
        return {name: result.lines for name, result in self.results(text).items()}
