"""Pages that come from the code are current, and what the pages say can be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from repository import ROOT, files_ending, shown

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import ConfigError
from medallion_toolkit.project.local_settings import read_local_settings
from scripts.generate_docs import SETTINGS, VARIABLES, command_page, old_pages, pages

LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)#\s]+)(?:#[^)]*)?\)")


def test_generated_pages_are_current() -> None:
    assert list(old_pages(ROOT / "docs")) == [], "run `make docs`"


def test_every_command_has_its_section() -> None:
    page = command_page()
    names = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    assert len(names) >= 4
    assert [name for name in names if f"\n## medallion {name.replace('_', '-')}\n" not in page] == []


def test_pages_know_when_they_are_old(tmp_path: Path) -> None:
    assert list(old_pages(tmp_path)) == list(pages())
    for name, text in pages().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert old_pages(tmp_path) == {}


def test_every_environment_variable_of_the_code_is_described() -> None:
    named = {
        variable
        for path in files_ending(".py")
        if shown(path).startswith("src/")
        for variable in re.findall(r"\bMEDALLION_[A-Z_]+\b", path.read_text(encoding="utf-8"))
    }
    assert named == {name for name in VARIABLES if name.startswith("MEDALLION_")}


def test_every_local_setting_is_described(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.medallion.local]\nno_such_setting = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        read_local_settings(tmp_path, [])
    assert raised.value.expected == ", ".join(sorted({name.partition(".")[0] for name in SETTINGS}))


def test_readme_fits_on_a_page_and_a_half() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_contributing_opens_with_ten_commands_that_exist() -> None:
    block = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```")[1]
    commands = [line.split("#")[0].split() for line in block.strip().splitlines()]
    assert len(commands) == 10
    targets = set(re.findall(r"^([a-z%-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    known = [name in targets or (name.startswith("bench-") and "bench-%" in targets) for _, name in commands]
    assert known == [True] * 10


def test_links_between_pages_lead_somewhere() -> None:
    pages = [path for path in files_ending(".md") if not shown(path).startswith("template/")]
    assert len(pages) >= 8
    broken = [
        f"{shown(page)} → {match['target']}"
        for page in pages
        for match in LINK.finditer(page.read_text(encoding="utf-8"))
        if "://" not in match["target"] and not (page.parent / match["target"]).exists()
    ]
    assert broken == []
