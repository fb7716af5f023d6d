"""Rows whose condition was NULL are named beside the failed ones."""

from __future__ import annotations

from dataclasses import replace

from sample_run import RUN

from medallion_toolkit.report.html import render_report
from medallion_toolkit.report.model import ExpectationResult


def test_the_page_says_how_many_failed_rows_were_null() -> None:
    undecided = ExpectationResult("silver.orders_checked", "amount_plausible", "warn", 90, 10, unknown=3)
    decided = ExpectationResult("silver.orders_checked", "amount_known", "warn", 90, 10)
    assert '10<br><span class="quiet">3 NULL</span>' in render_report(replace(RUN, expectations=(undecided,)))
    assert " NULL</span>" not in render_report(replace(RUN, expectations=(decided,)))
