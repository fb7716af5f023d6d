"""The report as a browser sees it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_run import DATASETS, HOSTILE, RUN

from medallion_toolkit.report.html import write_report

pytestmark = pytest.mark.browser

Browse = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "out" / "report.html"
    write_report(RUN, path)
    return path


def png_size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def test_page_opens_with_its_figures_and_without_a_word_on_the_console(page: Path, browse: Browse) -> None:
    result = browse(page, "--dump-dom")
    assert "<title>shop · failed · 2026-11-21 13:05</title>" in result.stdout
    assert "412 = 389 + 23" in result.stdout
    assert "CONSOLE" not in result.stderr


def test_every_dataset_but_temporary_views_is_a_node_of_the_graph(page: Path, browse: Browse) -> None:
    dom = browse(page, "--dump-dom").stdout
    drawn = [dataset for dataset in DATASETS if dataset.kind != "temporary_view"]
    assert len(re.findall(r'<a class="node ', dom)) == len(drawn) == 21
    assert len(re.findall(r'<path class="arrow"', dom)) == 24


def test_text_of_the_data_stays_text(page: Path, browse: Browse) -> None:
    dom = browse(page, "--dump-dom").stdout
    assert "<title>owned</title>" not in dom
    assert dom.count(HOSTILE.replace("<", "&lt;").replace(">", "&gt;")) == 2
    assert "<script" not in dom


def test_light_and_dark_screens_differ(page: Path, browse: Browse, tmp_path: Path) -> None:
    light, dark = tmp_path / "light.png", tmp_path / "dark.png"
    browse(page, f"--screenshot={light}")
    browse(page, "--blink-settings=preferredColorScheme=0", f"--screenshot={dark}")
    assert png_size(light) == png_size(dark) == (1440, 3000)
    assert light.read_bytes() != dark.read_bytes()


def test_page_prints_on_landscape_paper_whatever_the_screen_colours(page: Path, browse: Browse, tmp_path: Path) -> None:
    light, dark = tmp_path / "light.pdf", tmp_path / "dark.pdf"
    browse(page, "--no-pdf-header-footer", f"--print-to-pdf={light}")
    browse(page, "--no-pdf-header-footer", "--blink-settings=preferredColorScheme=0", f"--print-to-pdf={dark}")
    boxes = [re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", path.read_bytes()) for path in (light, dark)]
    width, height = (float(side) for side in boxes[0][0])
    assert width > height
    assert len(boxes[0]) == len(boxes[1])
    assert abs(light.stat().st_size - dark.stat().st_size) < 1000
