"""Findings as SARIF 2.1.0 (OASIS), the form that code scanning reads.

The log's required structure is that of the standard: `version`, `runs`, a run's `tool.driver.name`, a result's
`message.text`; places are `physicalLocation`s with `uriBaseId` SRCROOT, lines and columns from 1.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from medallion_toolkit.error_codes import CODES
from medallion_toolkit.errors import ConfigError, Place
from medallion_toolkit.lint.findings import Finding, LintResult
from medallion_toolkit.lint.library import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(result: LintResult) -> dict[str, object]:
    """The log with one run."""
    codes = sorted({one.code for one in result.findings} | {rule.code for rule in RULES})
    index = {code: at for at, code in enumerate(codes)}
    driver = {
        "name": "medallion lint",
        "semanticVersion": version("medallion-toolkit"),
        "rules": [_rule(code) for code in codes],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, index[one.code]) for one in result.findings],
            }
        ],
    }


def write_sarif(result: LintResult, file: Path) -> None:
    """Write the log; MED640 when the file cannot be written."""
    text = json.dumps(sarif_log(result), indent=2, ensure_ascii=False) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError("MED640", f"{file} cannot be written", place=Place(str(file)), help=str(error)) from None


def _rule(code: str) -> dict[str, object]:
    rule = next((one for one in RULES if one.code == code), None)
    if rule is None:
        return {"id": code, "shortDescription": {"text": f"{CODES.get(code, code)}."}}
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.why},
        "defaultConfiguration": {"level": rule.level},
    }


def _result(finding: Finding, index: int) -> dict[str, object]:
    text = f"{finding.message}. {finding.help}" if finding.help else finding.message
    region = {"startLine": max(finding.place.line, 1), "startColumn": max(finding.place.column, 1)}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.place.path), "uriBaseId": "SRCROOT"},
                    "region": {**region, "endColumn": region["startColumn"] + max(finding.place.length, 1)},
                }
            }
        ],
    }
