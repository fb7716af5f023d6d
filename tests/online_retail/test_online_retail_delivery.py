"""Delivering day files, and what happens where there are none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from online_retail_data import data_folder

from examples.online_retail.deliver import deliver


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Three small days and a reference in the layout of the real data."""
    for name in ("by-day/2010-12-01.csv", "by-day/2010-12-02.csv", "by-day/2010-12-03.csv", "reference/countries.csv"):
        file = tmp_path / "source" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}\n", encoding="utf-8")
    return tmp_path / "source"


def test_days_are_delivered_in_order_and_once(source: Path, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    assert deliver(source, landing, 2) == ["2010-12-01", "2010-12-02"]
    assert deliver(source, landing, 2) == ["2010-12-03"]
    assert deliver(source, landing) == []
    assert sorted(file.relative_to(landing).as_posix() for file in landing.rglob("*.csv")) == [
        "countries/countries.csv",
        "invoice_lines/2010-12-01.csv",
        "invoice_lines/2010-12-02.csv",
        "invoice_lines/2010-12-03.csv",
    ]


def test_a_delivered_file_is_a_copy_and_nothing_else_is_left(source: Path, tmp_path: Path) -> None:
    deliver(source, tmp_path / "landing")
    arrived = tmp_path / "landing" / "invoice_lines"
    assert (arrived / "2010-12-01.csv").read_bytes() == (source / "by-day" / "2010-12-01.csv").read_bytes()
    assert [file for file in arrived.iterdir() if file.name.startswith(".")] == []


def test_a_project_without_data_is_told_where_to_look(repository: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "ONLINE_RETAIL_DIR": str(tmp_path)}
    command = [sys.executable, str(repository / "examples/online_retail/deliver.py"), "7"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 3
    assert "ONLINE_RETAIL_DIR names the data's folder, see README.md" in result.stderr


@pytest.mark.parametrize("arguments", [["0"], ["-1"], ["seven"], ["1", "2"]])
def test_a_wrong_number_of_days_is_refused(arguments: list[str], repository: Path) -> None:
    command = [sys.executable, str(repository / "examples/online_retail/deliver.py"), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, "usage: python deliver.py [DAYS]\n")


def test_ci_fails_without_the_data(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"no online retail data in .*ONLINE_RETAIL_DIR"):
        data_folder({"ONLINE_RETAIL_DIR": str(tmp_path), "CI": "true"}, repository)


def test_elsewhere_the_tests_say_why_they_did_not_run(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="says where anyone gets it"):
        data_folder({"ONLINE_RETAIL_DIR": str(tmp_path)}, repository)


def test_a_named_folder_with_data_is_taken(source: Path, repository: Path) -> None:
    assert data_folder({"ONLINE_RETAIL_DIR": str(source), "CI": "true"}, repository) == source
