"""What a played test shows against what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.engine.expectations import Counts
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.errors import ConfigError, MedallionError, did_you_mean
from medallion_toolkit.testing.cases import Failure
from medallion_toolkit.testing.compare import differences
from medallion_toolkit.testing.setting import Setting

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

EXPECTATION_FAILED = "MED410"


def verdict(setting: Setting) -> list[str]:
    """Play the case; a line for each thing that is not as expected, none when all is."""
    try:
        setting.play()
        return [*_rows(setting), *_rules(setting), *_dropped(setting), *_failure(setting)]
    finally:
        setting.close()


def _rows(setting: Setting) -> Iterator[str]:
    for name, expected in setting.case.expect.items():
        found = differences(expected, collected(setting.rows(name), setting))
        if found:
            yield f"{setting.display(name)}:"
            yield from (f"  {line}" for line in found)


def collected(frame: DataFrame | None, setting: Setting) -> Sequence[Mapping[str, object]]:
    """The rows as Python has them; a table that was never made has none."""
    if frame is None:
        return []
    with translated(setting.case.place):
        return [row.asDict(recursive=True) for row in frame.collect()]


def _rules(setting: Setting) -> Iterator[str]:
    for name, expected in setting.case.rules.items():
        failed = {outcome.name: outcome.failed for outcome in _counts(setting, name).expectations}
        for rule, rows in expected.items():
            if rule not in failed:
                raise _unknown_rule(setting, name, rule, list(failed))
            if failed[rule] != rows:
                yield f"{setting.display(name)}: {rule} failed for {_rows_of(failed[rule])}, expected {rows}"


def _dropped(setting: Setting) -> Iterator[str]:
    for name, expected in setting.case.dropped.items():
        dropped = _counts(setting, name).dropped
        if dropped != expected:
            yield f"{setting.display(name)}: {_rows_of(dropped)} dropped, expected {expected}"


def _counts(setting: Setting, name: str) -> Counts:
    return setting.tables.counts(setting.keys[name])


def _rows_of(number: int) -> str:
    return f"{number} row" if number == 1 else f"{number} rows"


def _unknown_rule(setting: Setting, name: str, rule: str, known: list[str]) -> ConfigError:
    return ConfigError(
        "MED438",
        f"{setting.display(name)} has no expectation {rule}",
        place=setting.case.place,
        help=did_you_mean(rule, known) or f"expectations: {', '.join(known) or 'none'}",
    )


def _failure(setting: Setting) -> Iterator[str]:
    wanted = setting.case.fails
    if wanted is None:
        return
    shown, key = setting.display(wanted.dataset), setting.keys[wanted.dataset]
    error = setting.tables.failure(key)
    if error is None:
        yield f"{shown}: was updated, expected to fail"
        return
    first = setting.tables.failed_first(error)
    if first != key:
        yield f"{shown}: was skipped, since {setting.run.project.display[first]} failed: {error}"
    elif not _is_wanted(error, wanted):
        yield f"{shown}: failed with {error}, expected {wanted.code or f'expectation {wanted.rule}'}"


def _is_wanted(error: MedallionError, wanted: Failure) -> bool:
    is_code = wanted.code is None or error.code == wanted.code
    text = f"expectation {wanted.rule} failed"
    return is_code and (wanted.rule is None or (error.code == EXPECTATION_FAILED and error.message == text))
