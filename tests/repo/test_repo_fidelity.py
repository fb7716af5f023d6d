"""docs/fidelity.md: every row stands on a test that runs in `make test` and proves what the row says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from repository import ROOT

from medallion_toolkit.error_codes import CODES
from medallion_toolkit.generate.fidelity_marks import FidelityMark, fidelity_marks
from medallion_toolkit.generate.fidelity_page import area_of, fidelity_page

MARKS = fidelity_marks(ROOT)
FEWEST_ROWS = 150
MARKED = """
import pytest

@pytest.mark.fidelity("{statement}", {words})
@pytest.mark.parametrize("code", ["MED402"])
def test_one(code):
    assert code
"""


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8") == fidelity_page(ROOT), "run `make docs`"


def test_every_row_stands_on_a_test_that_make_test_runs() -> None:
    assert [f"{mark.place}: {mark.left_out}" for mark in MARKS if mark.left_out or not mark.is_collected] == []


def test_every_refusal_is_a_known_code_that_its_test_names() -> None:
    refused = [mark for mark in MARKS if mark.code]
    assert [str(mark.place) for mark in refused if mark.code not in CODES] == []
    assert [f"{mark.place}: {mark.code}" for mark in refused if mark.code and mark.code not in mark.body] == []


def test_no_statement_stands_twice() -> None:
    counts = Counter(mark.statement.lower() for mark in MARKS)
    assert [statement for statement, count in counts.items() if count > 1] == []


def test_every_row_is_on_the_page() -> None:
    assert len(MARKS) >= FEWEST_ROWS
    rows = [line for line in fidelity_page(ROOT).splitlines() if line.endswith(".py) |")]
    assert len(rows) == len(MARKS)
    assert [row for row in rows if "platform.md" in row] == []


def marks_of(folder: Path, text: str, name: str = "test_engine_one.py") -> tuple[FidelityMark, ...]:
    file = folder / "tests" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return fidelity_marks(folder)


def test_a_mark_becomes_a_row_with_its_test(tmp_path: Path) -> None:
    text = MARKED.format(statement="Tables | views.", words='source="page", verdict="refused", code="MED402"')
    (mark,) = marks_of(tmp_path, text, "test_engine_sinks.py")
    assert (mark.statement, mark.test, mark.place.line, mark.left_out) == ("Tables | views", "test_one", 6, ())
    assert "MED402" in mark.body
    assert "page" not in mark.body
    assert area_of(mark) == "Sinks"
    row = "| Tables \\| views | page | refused, [MED402](errors.md) | "
    test = "[tests/test_engine_sinks.py::test_one](../tests/test_engine_sinks.py) |"
    assert row + test in fidelity_page(tmp_path)


def test_a_constant_of_the_file_may_stand_for_a_text(tmp_path: Path) -> None:
    text = 'PAGE = "ldp/updates"\n' + MARKED.format(statement="A", words='source=PAGE, verdict="same"')
    (mark,) = marks_of(tmp_path, text)
    assert mark.source == "ldp/updates"


def test_marks_that_keep_a_test_out_are_seen(tmp_path: Path) -> None:
    text = MARKED.format(statement="A", words='source="page", verdict="same"')
    (mark,) = marks_of(tmp_path, "pytestmark = [pytest.mark.long]\n" + text)
    assert mark.left_out == ("long",)


@pytest.mark.parametrize(
    "words",
    [
        'verdict="same"',
        'source="page"',
        'source="page", verdict="maybe"',
        'source="page", verdict="refused"',
        'source="page", verdict="same", code="MED402"',
        'source=PAGE, verdict="same"',
        'source="page", verdict="same", note="x"',
    ],
)
def test_a_wrong_mark_is_named_with_its_place(tmp_path: Path, words: str) -> None:
    with pytest.raises(ValueError, match=r"^tests/test_engine_one\.py:4:2: wrong fidelity mark"):
        marks_of(tmp_path, MARKED.format(statement="A", words=words))
