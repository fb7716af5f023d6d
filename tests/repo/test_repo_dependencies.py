"""pyproject.toml, the lock files, the page about dependencies and the imports say the same."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

from repository import ROOT, files_ending, shown

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IMPORT_NAMES = {
    "databricks-sdk": "databricks",
    "jinja2": "jinja2",
    "pyyaml": "yaml",
    "ruamel.yaml": "ruamel",
    "sqlglot": "sqlglot",
    "typer": "typer",
    "pyspark": "pyspark",
    "delta-spark": "delta",
}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ;]", requirement)[0].lower() for requirement in requirements}


RUNTIME = names(PROJECT["project"]["dependencies"])
LOCAL = names(PROJECT["project"]["optional-dependencies"]["local"])
DEV = names(PROJECT["dependency-groups"]["dev"])


def imported_packages(*folders: str) -> set[str]:
    """Top-level names that the Python files below these folders import, wherever the import stands."""
    found: set[str] = set()
    for path in files_ending(".py"):
        if shown(path).startswith(folders):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


def pinned(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_page_lists_exactly_the_dependencies() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    listed = [row[0].lower() for row in re.findall(r"^\| ([A-Za-z][\w.-]+) \|(.*)\|$", page, re.MULTILINE)]
    assert sorted(name for name in listed if name != "package") == sorted(RUNTIME | LOCAL | DEV)


def test_every_row_of_the_page_is_filled() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(len([cell for cell in row.strip("|").split("|") if cell.strip()]) == 5 for row in rows)


def test_what_the_toolkit_imports_is_declared_and_the_reverse() -> None:
    imported = imported_packages("src/", "template/") - {"medallion_toolkit", "medallion", "dlt", "py4j", "pytest"}
    assert imported == {IMPORT_NAMES[name] for name in RUNTIME | LOCAL}


def test_a_lock_has_every_direct_dependency() -> None:
    locks = {name: set(pinned(ROOT / "requirements" / f"{name}.txt")) for name in ("local", "dev")}
    normal = {name: {entry.lower().replace(".", "-") for entry in entries} for name, entries in locks.items()}
    assert {name.replace(".", "-") for name in RUNTIME | LOCAL} <= normal["local"]
    assert {name.replace(".", "-") for name in RUNTIME | LOCAL | DEV} <= normal["dev"]


def test_locks_agree_on_versions() -> None:
    local, dev = (pinned(ROOT / "requirements" / f"{name}.txt") for name in ("local", "dev"))
    assert {name: version for name, version in local.items() if dev.get(name) != version} == {}


def test_every_pin_has_hashes_and_no_address() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index-url" not in text
        entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(entries) >= 3
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_engine_versions_are_the_ones_the_jars_were_made_for() -> None:
    from medallion_toolkit.doctor.checks import ENGINE_PACKAGES
    from medallion_toolkit.engine.jars import ENGINE_JARS

    declared = set(PROJECT["project"]["optional-dependencies"]["local"])
    assert declared == {f"{name}=={version}" for name, version in ENGINE_PACKAGES.items()}
    assert {jar.revision for jar in ENGINE_JARS if jar.organisation == "io.delta"} == {ENGINE_PACKAGES["delta-spark"]}
