"""The report's text: complete, honest about sums, self-contained."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

from sample_run import DATASETS, RUN

from medallion_toolkit.report.html import render_report, write_report
from medallion_toolkit.report.model import DatasetFigures, Problem, RunReport, SchemaChange

EMPTY = RunReport("shop", "dev", datetime(2026, 1, 1, tzinfo=UTC), 0.4, "ok", ())


class Outline(HTMLParser):
    """Headings, ids, link targets, unclosed tags and loaded addresses of a page."""

    VOID = frozenset({"meta", "link", "br", "img", "hr", "input", "rect", "path"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.unmatched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if values.get("id"):
            self.ids.append(values["id"] or "")
        if tag == "a":
            self.targets.append(values.get("href") or "")
        self.loads += [values[name] or "" for name in ("src", "data") if values.get(name)]
        if tag == "link":
            self.loads.append(values.get("href") or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unmatched.append(tag)


def test_page_is_well_formed_and_loads_nothing() -> None:
    outline = Outline(render_report(RUN))
    assert (outline.unmatched, outline.open) == ([], [])
    assert outline.loads == ["data:,"]


def test_headings_step_down_one_level_at_a_time() -> None:
    headings = Outline(render_report(RUN)).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))


def test_every_link_leads_to_a_place_on_the_page() -> None:
    outline = Outline(render_report(RUN))
    assert len(outline.ids) == len(set(outline.ids))
    assert {target.removeprefix("#") for target in outline.targets} <= set(outline.ids)


def test_every_table_has_a_caption_and_column_headers() -> None:
    text = render_report(RUN)
    tables = re.findall(r"<table.*?</table>", text, flags=re.DOTALL)
    assert len(tables) == 8
    assert all("<caption>" in table and 'scope="col"' in table for table in tables)


def test_outcomes_are_words_as_well_as_colours() -> None:
    text = render_report(RUN)
    for words in ("✓ ok", "✕ failed", "– skipped", "= unchanged", "✓ passed", "✕ missed", "! warning"):
        assert words in text


def test_a_sum_that_does_not_hold_is_said_at_the_top_and_in_its_row() -> None:
    lost = DatasetFigures(
        "silver.orders_checked", "silver", "streaming_table", "ok", rows_in=412, valid=389, quarantined=11
    )
    text = render_report(replace(RUN, datasets=(lost,)))
    assert "412 = 389 + 11" in text
    assert text.count("does not add up") == 2


def test_dropped_rows_stand_in_the_sum() -> None:
    dataset = DatasetFigures(
        "a", "silver", "streaming_table", "ok", rows_in=1412, valid=1389, dropped=3, quarantined=20
    )
    assert (dataset.arithmetic, dataset.adds_up) == ("1,412 = 1,389 + 3 + 20", True)


def test_quarantine_names_rule_message_and_the_value_as_it_came() -> None:
    text = render_report(RUN)
    for words in (
        "order_amount_typed",
        "order_amount is no decimal(12,2)",
        "12,50",
        '<td class="null broken">null</td>',
    ):
        assert words in text
    assert '<th scope="col" class="broken">order_amount</th>' in text


def test_new_columns_are_shown_where_there_are_any() -> None:
    change = SchemaChange("silver.orders", "2026-01-02 03:04:05", "orders/<two>.json", "loyalty", "absent", "BIGINT")
    page = render_report(replace(RUN, schema_changes=(change,)))
    assert "orders/&lt;two&gt;.json" in page
    assert '<th scope="row">loyalty</th>' in page
    assert Outline(page).unmatched == []
    assert "New columns" not in render_report(RUN)


def test_failure_shows_its_message_and_the_rest_stays_readable() -> None:
    text = render_report(RUN)
    assert "MED402 the query failed" in text
    assert "did you mean amount?" in text
    assert "24 ok, 1 unchanged, 1 failed, 1 skipped" in text


def test_trouble_beyond_the_datasets_is_said_at_the_top() -> None:
    text = render_report(
        replace(EMPTY, outcome="failed", problems=(Problem("gate_silver could not be judged", "MED421 …"),))
    )
    assert text.index("gate_silver could not be judged") < text.index('id="graph"')
    assert '<a href="#errors">' in text


def test_a_run_without_datasets_still_makes_a_page() -> None:
    text = render_report(EMPTY)
    assert Outline(text).unmatched == []
    for words in ("No row was quarantined", "No gate ran", "Nothing had to run", "no contract judged a row"):
        assert words in text
    assert 'id="errors"' not in text


def test_quality_shows_the_score_of_this_run_and_a_line_over_past_runs() -> None:
    text = render_report(RUN)
    quality = text[text.index('<h2 id="quality">') : text.index('<h2 id="quarantine">')]
    assert re.findall(r'<td class="number">([\d.]+|5\.6 %|–)</td>', quality) == [
        "12",
        "97.3",
        "5.6 %",
        "3",
        "100.0",
        "–",
    ]
    assert quality.count('<svg class="trend"') == 3
    assert 'aria-label="score over 4 runs"' in quality
    assert "No rule judged a table" in render_report(EMPTY)


def test_writing_makes_the_folder_and_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / ".medallion" / "report.html"
    write_report(EMPTY, path)
    write_report(RUN, path)
    assert "412 = 389 + 23" in path.read_text(encoding="utf-8")
    assert [entry.name for entry in path.parent.iterdir()] == ["report.html"]


def test_hundreds_of_datasets_are_drawn() -> None:
    many = tuple(
        replace(DATASETS[0], name=f"bronze.t{number}", inputs=(f"bronze.t{number // 2}",) if number else ())
        for number in range(300)
    )
    assert render_report(replace(RUN, datasets=many)).count('class="node ') == 300
