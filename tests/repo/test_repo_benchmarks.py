"""`make bench` believes only whole measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.run_benchmarks import main, trouble_with

GOOD = {"name": "read", "value": 1.5, "unit": "s", "aim": "<= 5", "ok": True}


def benchmark(folder: Path, name: str, *lines: str, code: int = 0) -> None:
    text = "".join(f"print({line!r})\n" for line in lines) + f"raise SystemExit({code})\n"
    (folder / f"bench_{name}.py").write_text(text, encoding="utf-8")


def test_lines_of_good_measures_are_passed_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    benchmark(tmp_path, "read", json.dumps(GOOD))
    benchmark(tmp_path, "help", json.dumps({**GOOD, "name": "help"}))
    assert main([], tmp_path) == 0
    assert [json.loads(line)["name"] for line in capfd.readouterr().out.splitlines()] == ["help", "read"]


def test_one_benchmark_runs_by_its_name(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    benchmark(tmp_path, "read", json.dumps(GOOD))
    benchmark(tmp_path, "broken", "nonsense")
    assert main(["read"], tmp_path) == 0
    assert json.loads(capfd.readouterr().out) == GOOD


def test_an_unknown_name_lists_what_there_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    benchmark(tmp_path, "read", json.dumps(GOOD))
    assert main(["reed"], tmp_path) == 2
    assert "no benchmark reed; there is: read" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("lines", "code", "message"),
    [
        ([json.dumps({**GOOD, "ok": False})], 0, "read misses its aim"),
        (["took 3 s"], 0, "not a line of JSON"),
        ([json.dumps({"name": "read", "value": 1})], 0, "not a measure"),
        ([json.dumps(GOOD)], 3, "ended with 3"),
        ([], 0, "measured nothing"),
    ],
)
def test_everything_else_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], lines: list[str], code: int, message: str
) -> None:
    benchmark(tmp_path, "read", *lines, code=code)
    assert main(["read"], tmp_path) == 1
    assert f"bench_read.py: {message}" in capfd.readouterr().err


def test_a_measure_that_meets_its_aim_is_no_trouble() -> None:
    assert trouble_with(json.dumps(GOOD)) is None
