"""Read the YAML tests of a project: rows in, rows out, over one or several runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from medallion_toolkit.errors import ConfigError, Place, UsageError, did_you_mean

Row = Mapping[str, object]
Rows = tuple[Row, ...]
FILE_KEYS = ("defaults", "tests")
TEST_KEYS = ("given", "expect", "expect_rules", "expect_dropped", "fails")
FAILURE_KEYS = ("dataset", "code", "rule")


@dataclass(frozen=True)
class Failure:
    """How the last run of a test must fail: at which dataset, with which error code or expectation."""

    dataset: str
    code: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Case:
    """One test: `runs` are the rows delivered to each table before each run, `expect` what tables hold at the end.

    `rules` are failed rows by dataset and expectation, `dropped` rows that drop expectations left out.
    """

    name: str
    place: Place
    runs: tuple[Mapping[str, Rows], ...]
    expect: Mapping[str, Rows]
    defaults: Mapping[str, Row] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    fails: Failure | None = None


def find_cases(root: Path, name: str | None = None, text: str | None = None) -> tuple[Case, ...]:
    """Tests of the project: of one table (`silver.orders`), layer or file, and with `text` in their names.

    `text` is looked for in `silver.orders: a missing customer is quarantined`, in any case. UsageError where
    nothing is left.
    """
    files = sorted((root / "tests").glob("*/*.yml"))
    by_table = {f"{file.parent.name}.{file.stem}": file for file in files}
    chosen = {
        table: file for table, file in by_table.items() if name is None or name in (table, file.stem, file.parent.name)
    }
    if name is not None and not chosen:
        raise _without_tests(f"there are no tests for {name}", name, list(by_table))
    cases = [(f"{table}: {case.name}", case) for table, file in chosen.items() for case in read_cases(file, root)]
    found = tuple(case for title, case in cases if text is None or text.lower() in title.lower())
    if text is not None and not found:
        raise _without_tests(f"no test has {text!r} in its name", text, [case.name for _, case in cases])
    return found


def _without_tests(message: str, wanted: str, known: list[str]) -> UsageError:
    return UsageError("MED430", message, help=did_you_mean(wanted, known) or f"tests: {', '.join(known) or 'none'}")


def read_cases(file: Path, root: Path) -> tuple[Case, ...]:
    """The tests of one file; ConfigError with the place of what is wrong."""
    shown = str(file.relative_to(root))
    try:
        content = YAML(typ="rt").load(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown)
        raise ConfigError("MED431", f"the file is not valid YAML: {error.problem}", place=place) from error
    if content is None:
        return ()
    document = _mapping(content, Place(shown, 1, 1), "tests and defaults")
    _check_keys(document, FILE_KEYS, shown)
    defaults = {
        table: _mapping(row, _at(document, "defaults", shown), "a row") for table, row in _items(document, "defaults")
    }
    tests = _mapping(document.get("tests") or CommentedMap(), _at(document, "tests", shown), "tests by name")
    return tuple(_case(str(name), tests, shown, defaults) for name in tests)


def _items(document: CommentedMap, key: str) -> Iterable[tuple[str, object]]:
    return (document.get(key) or {}).items()


def _case(name: str, tests: CommentedMap, path: str, defaults: Mapping[str, CommentedMap]) -> Case:
    place = _at(tests, name, path)
    body = _mapping(tests[name], place, "given and expect")
    _check_keys(body, TEST_KEYS, path)
    given = body.get("given") or {}
    runs = given if isinstance(given, list) else [given]
    if not any(body.get(key) for key in TEST_KEYS[1:]):
        raise ConfigError("MED432", "the test expects nothing", place=place, expected=" or ".join(TEST_KEYS[1:]))
    return Case(
        name=name,
        place=place,
        runs=tuple(
            {table: _rows(rows, place) for table, rows in _mapping(run, place, "tables").items()} for run in runs
        ),
        expect={table: _rows(rows, place) for table, rows in _part(body, "expect", place).items()},
        defaults={table: dict(row) for table, row in defaults.items()},
        rules={
            table: {str(rule): _count(rows, place) for rule, rows in _mapping(rules, place, "rules").items()}
            for table, rules in _part(body, "expect_rules", place).items()
        },
        dropped={table: _count(rows, place) for table, rows in _part(body, "expect_dropped", place).items()},
        fails=_failure(body, path, place),
    )


def _part(body: CommentedMap, key: str, place: Place) -> CommentedMap:
    return _mapping(body.get(key) or CommentedMap(), place, key)


def _count(value: object, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigError("MED432", "a number of rows is missing here", place=place, found=str(value), expected="0")
    return value


def _failure(body: CommentedMap, path: str, place: Place) -> Failure | None:
    if "fails" not in body:
        return None
    found = _mapping(body["fails"], place, "dataset and code or rule")
    _check_keys(found, FAILURE_KEYS, path)
    if "dataset" not in found:
        raise ConfigError(
            "MED432", "fails does not say which dataset", place=place, expected="{dataset: silver.orders}"
        )
    code, rule = (None if found.get(key) is None else str(found[key]) for key in FAILURE_KEYS[1:])
    return Failure(str(found["dataset"]), code, rule)


def _rows(rows: object, place: Place) -> Rows:
    if not isinstance(rows, list):
        raise ConfigError(
            "MED432", "rows are a list", place=place, found=type(rows).__name__, expected="[{column: value}]"
        )
    return tuple(dict(_mapping(row, place, "a row {column: value}")) for row in rows)


def _mapping(value: object, place: Place, what: str) -> CommentedMap:
    if not isinstance(value, CommentedMap):
        found = "nothing" if value is None else type(value).__name__
        if isinstance(value, dict):
            return CommentedMap(value)
        raise ConfigError("MED432", f"a mapping of {what} is missing here", place=place, found=found, expected=what)
    return value


def _at(mapping: CommentedMap, key: str, path: str) -> Place:
    try:
        line, column = mapping.lc.key(key)
    except (KeyError, TypeError):
        return Place(path, 1, 1)
    return Place(path, line + 1, column + 1, len(key))


def _check_keys(mapping: CommentedMap, known: tuple[str, ...], path: str) -> None:
    for key in mapping:
        if key not in known:
            raise ConfigError(
                "MED433",
                f"the key {key} is not known in a test",
                place=_at(mapping, key, path),
                found=str(key),
                expected=" or ".join(known),
                help=did_you_mean(str(key), known),
            )
