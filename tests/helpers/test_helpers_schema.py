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
from long_samples import ORDERS_LONG, SPECIFIED

import medallion
from medallion.contracts.schema import contract_schema, contract_schema_text

VALIDATOR = Draft7Validator(contract_schema())


def problems(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_the_schema_is_a_schema() -> None:
    Draft7Validator.check_schema(contract_schema())
    assert json.loads(contract_schema_text()) == contract_schema()


DEFAULTS = "owner: us\non_fail: drop\nlimits: {quarantined: 5 %}\ntargets: {dev: {on_fail: warn}}\n"
OVERLAID = ORDERS + "targets:\n  dev: {on_fail: warn, rules: {status_allowed: {disabled: no statuses in dev}}}\n"


@pytest.mark.parametrize("text", [ORDERS, CUSTOMERS, LINES, DAILY_SALES, OVERLAID, DEFAULTS, SPECIFIED, ORDERS_LONG])
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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("key_columns:", "key_colums:"),
        ("  layer: silver", "  layr: silver"),
        ('type: "phone"', 'type: "phon"'),
        ('column: "phone"', 'colum: "phone"'),
        ('mode: "add_nullable"', "mode: add_null"),
        ('outlier_action: "tag"', "outlier_action: mark"),
        ("warning_threshold:", "warn_threshold:"),
        ('freshness: "24h"', "freshness: soon"),
        ("testing:", "tests:"),
    ],
)
def test_mistakes_in_the_long_form_are_marked_too(old: str, new: str) -> None:
    assert old in SPECIFIED
    assert problems(SPECIFIED.replace(old, new)) != []


@pytest.mark.parametrize(
    "overlay",
    [
        "dev: {on_fial: warn}",
        "dev: {keys: [a]}",
        "dev: {rules: {status_allowed: {on_fial: warn}}}",
        "dev: {class: pii}",
    ],
)
def test_mistakes_in_an_overlay_are_marked(overlay: str) -> None:
    assert problems(f"{ORDERS}targets:\n  {overlay}\n") != []
    assert problems(f"{DEFAULTS}rules: {{a: b > 1}}\n") != []


def test_every_key_has_its_sentence_for_the_editor() -> None:
    definitions = contract_schema()["$defs"]

    def resolved(schema: dict[str, object]) -> dict[str, object]:
        return definitions[str(schema["$ref"]).rpartition("/")[2]] if "$ref" in schema else schema

    def missing(schema: object, path: str) -> list[str]:
        if isinstance(schema, list):
            return [found for one in schema for found in missing(one, path)]
        if not isinstance(schema, dict):
            return []
        properties = schema.get("properties", {})
        lacking = [f"{path}.{name}" for name, one in properties.items() if "description" not in resolved(one)]
        words = ("additionalProperties", "items", "anyOf")
        inner = [*properties.items(), *((word, schema.get(word)) for word in words)]
        return lacking + [found for name, one in inner for found in missing(one, f"{path}.{name}")]

    assert [found for name, one in definitions.items() for found in missing(one, name)] == []


def test_the_schema_stays_small_enough_for_an_editor() -> None:
    assert len(contract_schema_text().encode()) < 300_000


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
