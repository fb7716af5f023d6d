"""Spark's errors in the user's terms: file and line, the condition's name, no Java frames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from medallion_toolkit.engine.breakdowns import breakdown
from medallion_toolkit.errors import MedallionError, Place, RunError, SqlError

_VIEW = re.compile(r"`?(?:spark_catalog`?\.`?default`?\.)?`?__medallion_\d+`?")
_POSITION = re.compile(r"line (\d+),? pos(ition)? (\d+)")
_WRAPPERS = ("STREAM_FAILED", "TASK_WRITE_FAILED", "FAILED_READ_FILE.NO_HINT")
_EXPECTATION = re.compile(r"\[EXPECTATION_VIOLATION\] ([^\n;]*?)(?: SQLSTATE: \w+|[\n;]|$)")
_ROW_REFUSED = re.compile(r"\[ROW_REFUSED\] ([^\n;]*?)(?: SQLSTATE: \w+|[\n;]|$)")
_CHANGED_SOURCE = re.compile(
    r"\[?DELTA_SOURCE_(?:TABLE_IGNORE_CHANGES|IGNORE_DELETE)\]?[^\n]*?(?:version|table at version) (\d+)"
)
_FILE = re.compile(r"file:(/\S+)")


@contextmanager
def translated(place: Place) -> Iterator[None]:
    """Raise SqlError or RunError in place of what pyspark raises inside."""
    try:
        yield
    except MedallionError:
        raise
    except OSError as error:
        raise breakdown(error) or error from error
    except Exception as error:
        if not _is_spark(error):
            raise
        raise explain(error, place) from error


def _is_spark(error: BaseException) -> bool:
    from pyspark.errors import PySparkException

    return isinstance(error, PySparkException) or type(error).__module__.startswith("py4j")


def explain(error: BaseException, place: Place) -> MedallionError:
    """The error a user can act on; `place` is where the query starts."""
    text = _all_messages(error)
    outside = breakdown(error, text)
    if outside is not None:
        return outside
    violated = _EXPECTATION.search(text)
    if violated:
        return RunError(
            "MED410",
            f"expectation {violated.group(1).strip()} failed",
            place=place,
            help="no row of this update was written; the old rows are kept",
        )
    refused = _ROW_REFUSED.search(text)
    if refused:
        return RunError(
            "MED414",
            refused.group(1).strip(),
            place=place,
            help="no row of this update was written; a DROP ROW expectation on the column would leave such rows out",
        )
    if "DELTA_SOURCE_TABLE_IGNORE_CHANGES" in text or "DELTA_SOURCE_IGNORE_DELETE" in text:
        return _changed_source(text, place)
    place = _position(text, place)
    message = first_sentence(text)
    kind = type(error).__name__
    if kind == "ParseException":
        return SqlError("MED220", f"the query cannot be parsed: {message}", place=place)
    if kind == "AnalysisException":
        return SqlError("MED221", message, place=place)
    file = _FILE.search(text) if "FAILED_READ_FILE" in text else None
    return RunError("MED411", message + (f" (file {file.group(1).rstrip('.,')})" if file else ""), place=place)


def _changed_source(text: str, place: Place) -> RunError:
    version = _CHANGED_SOURCE.search(text)
    return RunError(
        "MED415",
        f"the stream's source has changed or deleted rows{f' (version {version.group(1)})' if version else ''}",
        place=place,
        expected="a source that only gains rows",
        help="read it with skipChangeCommits to pass over such commits: STREAM t WITH (SKIPCHANGECOMMITS), or "
        '.option("skipChangeCommits", "true"); or read its change feed, or make this a materialized view',
        next="medallion run --full-refresh NAME, to read the source anew",
    )


def _all_messages(error: BaseException) -> str:
    """The messages of an error and of what caused it, outermost first."""
    cause = getattr(error, "cause", None)
    return f"{error}\n{_all_messages(cause)}" if isinstance(cause, BaseException) else str(error)


def _position(text: str, place: Place) -> Place:
    """Where Spark points: `pos` counts from 0, the `position` of errors at run time from 1."""
    found = _POSITION.search(text)
    if found is None:
        return place
    line, column = int(found.group(1)), int(found.group(3)) - bool(found.group(2))
    return Place(place.path, place.line + line - 1, column + (place.column if line == 1 else 1))


def first_sentence(text: str) -> str:
    """The condition and its sentence, without the query plan, stack trace and internal view names."""
    conditions = re.findall(r"\[([A-Z0-9_.]+)\]\s*([^\n]*)", text)
    known = [pair for pair in conditions if pair[0] not in _WRAPPERS] or conditions
    if known:
        name, sentence = known[0]
        sentence = re.sub(r"\s*SQLSTATE: \w+|;? line \d+,? pos(?:ition)? \d+;?", "", sentence).strip()
        return _VIEW.sub("the input", f"{sentence} ({name})")
    lines = [line for line in text.splitlines() if line.strip()]
    return _VIEW.sub("the input", lines[0].strip()) if lines else "Spark failed without a message"
