"""The JSON Schema of contract files, for completion and hints in editors; made from what the loader checks."""

from __future__ import annotations

import json

from .contract_shape import CONTRACT


def contract_schema() -> dict[str, object]:
    """The schema as a JSON value."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A contract: what must be true of a table",
        **CONTRACT.schema(),
    }


def contract_schema_text() -> str:
    """The text of `.vscode/contract.schema.json`."""
    return json.dumps(contract_schema(), indent=2, ensure_ascii=False) + "\n"
