"""Comments that silence a finding on one line: `-- medallion: ignore MED625 reason` (in YAML and Python with #)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from medallion_toolkit.errors import Place, did_you_mean
from medallion_toolkit.lint.findings import Finding
from medallion_toolkit.lint.project import SqlText, TextFile
from medallion_toolkit.sql.tokens import comment_spans

WITHOUT_REASON, WITHOUT_FINDING = "MED638", "MED639"
_WORDS = re.compile(r"(?:--|#)[ \t]*medallion:[ \t]*ignore\b[ \t]*(?P<codes>(?:MED\d{3}[, \t]*)*)(?P<reason>[^\n]*)")


@dataclass(frozen=True)
class Ignore:
    """One such comment; `line` is the line it silences."""

    place: Place
    line: int
    codes: tuple[str, ...]
    reason: str


def without_ignored(
    findings: Sequence[Finding], files: Collection[TextFile], known: Collection[str]
) -> tuple[Finding, ...]:
    """The findings that no comment silences, and what is wrong with the comments themselves."""
    ignores = [ignore for file in files for ignore in _ignores(file)]
    silenced = {(one.place.path, one.line, code) for one in ignores if one.reason for code in one.codes}
    kept = [one for one in findings if (one.place.path, one.place.line, one.code) not in silenced]
    met = {(one.place.path, one.place.line, one.code) for one in findings}
    return (*kept, *(wrong for ignore in ignores for wrong in _wrong(ignore, met, known)))


def _ignores(file: TextFile) -> Iterator[Ignore]:
    if "medallion:" not in file.text:
        return
    spans = comment_spans(file.text) if isinstance(file, SqlText) else ((0, len(file.text)),)
    for found in _WORDS.finditer(file.text):
        start = found.start()
        if not any(first <= start < end for first, end in spans):
            continue
        place = file.place(start, found.end())
        begin = file.text.rfind("\n", 0, start) + 1
        alone = not file.text[begin:start].strip()
        codes = tuple(re.findall(r"MED\d{3}", found["codes"]))
        yield Ignore(place, place.line + alone, codes, found["reason"].strip())


def _wrong(ignore: Ignore, met: Collection[tuple[str, int, str]], known: Collection[str]) -> Iterator[Finding]:
    if not ignore.codes or not ignore.reason:
        what = "says no code" if not ignore.codes else "gives no reason"
        yield Finding(
            WITHOUT_REASON,
            "warning",
            ignore.place,
            f"the comment silences lint and {what}",
            "-- medallion: ignore MED625 and why it is right here",
            "ignore_without_reason",
        )
        return
    for code in ignore.codes:
        if code not in known:
            help = did_you_mean(code, known) or "only findings of lint's own rules can be silenced"
            yield Finding(
                WITHOUT_FINDING, "warning", ignore.place, f"{code} is no rule of lint", help, "ignore_without_finding"
            )
        elif (ignore.place.path, ignore.line, code) not in met:
            yield Finding(
                WITHOUT_FINDING,
                "note",
                ignore.place,
                f"{code} is not found here",
                "remove the comment",
                "ignore_without_finding",
            )
