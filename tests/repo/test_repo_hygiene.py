"""What no file of this repository may contain, and how long a module may grow."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from repository import files_ending, repository_files, shown

REGISTRY_HOSTS = re.compile(
    r"proxy\.golang\.org|sum\.golang\.org|pypi\.org|pythonhosted\.org|registry\.npmjs\.org"
    r"|repo1?\.maven\.(?:apache\.)?org|crates\.io|deb\.debian\.org"
)
MACHINE_PATHS = re.compile(r"/work/(?:main|steering|shared|\.library)\b|/tmp/(?:m|bash_jobs)\b|/roo[t]/|/home/\w+/")
UNFINISHED = re.compile(
    r"#\s*type:\s*ignore|#\s*noqa|pragma: no cover|\bNotImplementedError\b|\b(?:TODO|FIXME)\b"
    r"|pytest\.mark\.skip\b|pytest\.mark\.xfail\b"
)
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50


def found(pattern: re.Pattern[str], paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if pattern.search(line):
                yield f"{shown(path)}:{number}: {line.strip()[:100]}"


def sources() -> list[Path]:
    """Python files but this one, which has to name what it looks for."""
    return [path for path in files_ending(".py") if path.name != Path(__file__).name]


def test_no_file_names_a_package_registry() -> None:
    assert list(found(REGISTRY_HOSTS, list(repository_files()))) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert list(found(MACHINE_PATHS, list(repository_files()))) == []


def test_no_python_file_is_unfinished_or_silences_a_check() -> None:
    assert list(found(UNFINISHED, sources())) == []


def test_modules_stay_short() -> None:
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_stay_short() -> None:
    too_long = [
        f"{shown(path)}:{node.lineno}: {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for path in sources()
        if not shown(path).startswith("tests/")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert [shown(path) for path in sources() if path.stem in empty_names] == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in files_ending(".py") if shown(path).startswith("tests/")]
    names = [name for name in names if name not in ("conftest.py", "__init__.py")]
    assert sorted(names) == sorted(set(names))
