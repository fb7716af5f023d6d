"""Editors accept what the loader accepts and mark what it refuses; generated files are current."""

from __future__ import annotations

import doctest
import importlib
import json
import pkgutil
from pathlib import Path

import pytest
import yaml
from contract_samples import CUSTOMERS, DAILY_SALES, LINES, ORDERS
from jsonschema import Draft7Validator

import medallion
from medallion.contract_schema import contract_schema, contract_schema_text

VALIDATOR = Draft7Validator(contract_schema())


def problems(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(contract_schema())
    assert json.loads(contract_schema_text()) == contract_schema()


@pytest.mark.parametrize("text", [ORDERS, CUSTOMERS, LINES, DAILY_SALES])
def test_good_contracts_are_good_in_the_editor(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("keys:", "keyz:"),
        ("[email]", "[emial]"),
        ("on_fail: quarantine", "on_fail: ignore"),
        ("type: 1", "type: 3"),
        ("class: pii", "class: secret"),
        ("[range: {min: 0}]", "[range: {minimum: 0}]"),
        ("from: orders_conformed", "from: a.b.c"),
    ],
)
def test_what_the_loader_refuses_the_editor_marks(old: str, new: str) -> None:
    assert old in ORDERS
    assert problems(ORDERS.replace(old, new)) != []


def test_every_key_has_its_sentence_for_the_editor() -> None:
    def missing(schema: object, path: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        properties = schema.get("properties", {})
        lacking = [f"{path}.{name}" for name, one in properties.items() if "description" not in one]
        inner = [*properties.items(), ("*", schema.get("additionalProperties")), ("[]", schema.get("items"))]
        return lacking + [found for name, one in inner for found in missing(one, f"{path}.{name}")]

    assert missing(contract_schema(), "") == []


def test_importing_the_package_loads_no_pyspark(repository: Path) -> None:
    import subprocess
    import sys

    code = "import sys, medallion; sys.exit('pyspark' in sys.modules)"
    folder = repository / "template" / "{{.project_name}}"
    assert subprocess.run([sys.executable, "-c", code], cwd=folder, check=False).returncode == 0


def modules() -> list[str]:
    return [one.name for one in pkgutil.walk_packages(medallion.__path__, "medallion.")]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
