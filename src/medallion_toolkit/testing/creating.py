"""`medallion test --create NAME`: a test from rows of the last local run, run before it is written.

The rows are few, classified values are replaced by stable fakes, and what the test expects is what it gives.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.engine.run import LocalRun
from medallion_toolkit.engine.store import Store
from medallion_toolkit.errors import ConfigError, Place
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.testing.cases import Case, Row, Rows, read_cases
from medallion_toolkit.testing.choosing import Chosen, choose_rows
from medallion_toolkit.testing.known import Known
from medallion_toolkit.testing.masking import fake, shown_in, traced
from medallion_toolkit.testing.running import run_case
from medallion_toolkit.testing.setting import Setting
from medallion_toolkit.testing.verdict import collected
from medallion_toolkit.testing.writing import case_text

NAME = "rows of the last run"
HISTORY = "__"
REASONS = "_errors"


@dataclass(frozen=True)
class Created:
    """A test that was written, and how much it shows."""

    path: str
    name: str
    given: int
    expected: int
    masked: tuple[str, ...]


def create_test(run: LocalRun, name: str) -> Created:
    """Write a test of the dataset to tests/<layer>/<table>.yml; nothing that stands there changes.

    RunError MED413 before a local run, ConfigError MED445 where no passing test without classified values can be
    made of its rows.
    """
    key = find_dataset(run.project.graph, name, run.project.display)
    chosen = choose_rows(run, key)
    if not any(chosen.given.values()):
        raise _refused(run, key, "the last run left no rows to choose from")
    given, masked, secrets = _masked(run, key, chosen)
    target = _target(run, key)
    root = run.project.bundle.root
    title = _free_name(target, root)
    text, expected = _passing(run, key, _without_nulls(given, target, root), target, title)
    if shown_in(text, secrets):
        raise _refused(run, key, "a classified value would be written into it")
    content = _extended(target, text)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8")
    return Created(str(target.relative_to(root)), title, sum(map(len, given.values())), expected, tuple(sorted(masked)))


def _without_nulls(given: Mapping[str, Rows], target: Path, root: Path) -> dict[str, Rows]:
    """NULLs are written only where a default of the file would take their place."""
    cases = read_cases(target, root) if target.exists() else ()
    filled = {table for case in cases for table in case.defaults}
    return {
        table: tuple(
            {name: value for name, value in row.items() if value is not None or table in filled} for row in rows
        )
        for table, rows in given.items()
    }


def _passing(run: LocalRun, key: str, given: Mapping[str, Rows], target: Path, title: str) -> tuple[str, int]:
    """The text of a test that passes, and how many rows it expects.

    Values that are not the same in every run (clocks, random numbers) are found by a second one and left out.
    """
    known = Known()
    names = _expected_names(run, key)
    first = _rows_of(run, names, given, known)
    again = first
    lines: tuple[str, ...] = ()
    for _ in range(2):
        expect = {name: _stable(first[name], again[name], is_judged=name != names[0]) for name in names}
        text = case_text(title, given, expect)
        lines = _run_as_written(run, _extended(target, text), target, title, known)
        if not lines:
            return text, sum(map(len, expect.values()))
        again = _rows_of(run, names, given, known)
    raise _refused(run, key, "it would not pass: " + " ".join(lines))


def _masked(run: LocalRun, key: str, chosen: Chosen) -> tuple[dict[str, Rows], set[str], list[object]]:
    """Rows by the names that a test writes, fakes in classified columns; those columns; the values they had."""
    own = _classified(run, key)
    judged = [value for row in chosen.judged for name, value in row.items() if name in own and value is not None]
    given: dict[str, Rows] = {}
    masked: set[str] = set()
    secrets = list(judged)
    for other, rows in chosen.given.items():
        shown = run.project.display[other]
        columns = (own | _classified(run, other) | traced(rows, judged)) & {name for row in rows for name in row}
        masked |= {f"{shown}.{name}" for name in columns}
        secrets += [row[name] for row in rows for name in columns if row.get(name) is not None]
        given[shown] = tuple(
            {name: fake(value) if name in columns else value for name, value in row.items() if _is_given(name, value)}
            for row in rows
        )
    return given, masked, secrets


def _classified(run: LocalRun, key: str) -> set[str]:
    contract = run.project.contracts.by_table.get(key)
    columns = contract.columns if contract is not None else ()
    return {column.name for column in columns if column.is_masked or getattr(column, "classification", None)}


def _is_given(name: str, value: object) -> bool:
    """Whether a test writes the column: not what the tool adds itself, not what YAML cannot hold."""
    return _is_data(name) and not isinstance(value, (bytes, bytearray))


def _is_data(name: str) -> bool:
    return not name.startswith("_") or name.startswith(HISTORY)


def _expected_names(run: LocalRun, key: str) -> list[str]:
    twin = f"{key}_quarantine"
    return [run.project.display[each] for each in (key, twin) if each in run.project.graph.nodes]


def _stable(rows: Sequence[Mapping[str, object]], again: Sequence[Mapping[str, object]], is_judged: bool) -> list[Row]:
    """The rows with the columns that are the same again; quarantined ones by their first column and reasons."""
    columns = [column for column in _columns(rows) if _values(rows, column) == _values(again, column)]
    if is_judged:
        columns = list(dict.fromkeys([*columns[:1], *(name for name in columns if name == REASONS)]))
    return [{column: _expected(row[column]) for column in columns} for row in rows]


def _rows_of(
    run: LocalRun, names: Sequence[str], given: Mapping[str, Rows], known: Known
) -> dict[str, Sequence[Mapping[str, object]]]:
    case = Case(NAME, Place("tests"), (given,), dict.fromkeys(names, ()))
    with tempfile.TemporaryDirectory(prefix="medallion-test-") as folder:
        setting = Setting.of(run.in_store(Store.open(Path(folder))), case, known)
        setting.play()
        return {name: collected(setting.rows(name), setting) for name in names}


def _columns(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Data columns; of quarantined rows the reasons too."""
    return [name for name in (rows[0] if rows else {}) if _is_data(name) or name == REASONS]


def _values(rows: Sequence[Mapping[str, object]], column: str) -> list[str]:
    return sorted(repr(row[column]) for row in rows)


def _expected(value: object) -> object:
    """Reasons by their rule names, as test files write them."""
    if isinstance(value, list) and value and all(isinstance(item, dict) and "rule" in item for item in value):
        return [item["rule"] for item in value]
    return value


def _target(run: LocalRun, key: str) -> Path:
    """The table's test file, or a new one beside it where text cannot be added at its end."""
    layer, _, table = run.project.display[key].rpartition(".")
    folder = run.project.bundle.root / "tests" / (layer or "views")
    for number in range(1, 100):
        file = folder / (f"{table}.yml" if number == 1 else f"{table}_{number}.yml")
        if not file.exists() or _takes_more(file):
            return file
    raise _refused(run, key, "there are too many test files of it")


def _takes_more(file: Path) -> bool:
    """Whether text at the end of the file is read as one more test."""
    lines = file.read_text(encoding="utf-8").splitlines()
    top = [line for line in lines if line and not line.startswith((" ", "#", "-", "}", "]"))]
    return bool(top) and top[-1].split("#")[0].rstrip() == "tests:"


def _free_name(file: Path, root: Path) -> str:
    taken = {case.name for case in read_cases(file, root)} if file.exists() else set()
    names = (NAME if number == 1 else f"{NAME} ({number})" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _run_as_written(run: LocalRun, content: str, target: Path, title: str, known: Known) -> tuple[str, ...]:
    """What the test finds as it will be read, the file's defaults included; nothing when it passes."""
    with tempfile.TemporaryDirectory(prefix="medallion-created-") as folder:
        file = Path(folder) / target.name
        file.write_text(content, encoding="utf-8")
        case = next(case for case in read_cases(file, Path(folder)) if case.name == title)
        return run_case(run, case, known).lines


def _extended(target: Path, text: str) -> str:
    """The file with the test at its end."""
    if not target.exists():
        return f"tests:\n{text}"
    old = target.read_text(encoding="utf-8")
    return f"{old}{'' if old.endswith(chr(10)) else chr(10)}{text}"


def _refused(run: LocalRun, key: str, why: str) -> ConfigError:
    return ConfigError(
        "MED445",
        f"no test of {run.project.display[key]} can be created: {why}",
        place=run.project.graph.nodes[key].dataset.place,
        help="write it by hand: docs/testing.md shows how",
    )
