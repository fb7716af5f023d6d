"""Test results as JUnit XML, as CI systems read it: a suite a file, a case a test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from medallion_toolkit.testing.running import CaseResult

# What XML 1.0 cannot carry, even escaped.
_UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(results: Iterable[CaseResult], seconds: float, file: Path) -> None:
    """Write the results; folders are made."""
    from xml.etree.ElementTree import ElementTree, indent

    root = junit_document(results, seconds)
    indent(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def junit_document(results: Iterable[CaseResult], seconds: float) -> Element:
    """The element `testsuites`. A test that differs is a `failure`, one that broke off an `error`."""
    from xml.etree.ElementTree import Element

    found = list(results)
    root = Element("testsuites", {"name": "medallion test", **_figures(found, seconds)})
    for path, group in groupby(found, key=lambda result: result.case.place.path):
        root.append(_suite(path, list(group)))
    return root


def _suite(path: str, results: Sequence[CaseResult]) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    table = f"{Path(path).parent.name}.{Path(path).stem}"
    suite = Element("testsuite", {"name": table, **_figures(results, sum(one.seconds for one in results))})
    for result in results:
        line = str(result.case.place.line)
        case = SubElement(
            suite,
            "testcase",
            {"classname": table, "name": _speakable(result.case.name), "file": path, "line": line}
            | {"time": f"{result.seconds:.3f}"},
        )
        if not result.ok:
            message = _speakable(result.lines[0])
            trouble = SubElement(case, "error" if result.is_error else "failure", {"message": message})
            trouble.text = _speakable("\n".join([str(result.case.place), *result.lines]))
    return suite


def _figures(results: Sequence[CaseResult], seconds: float) -> dict[str, str]:
    errors = sum(result.is_error for result in results)
    failures = sum(not result.ok for result in results) - errors
    return {
        "tests": str(len(results)),
        "failures": str(failures),
        "errors": str(errors),
        "skipped": "0",
        "time": f"{seconds:.3f}",
    }


def _speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("?", text)
