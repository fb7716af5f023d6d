"""Contracts to and from other formats; what one of them has no place for is told, never dropped in silence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from medallion_toolkit.contracts.access import Folder, Package, chosen_file, open_folder, table_of
from medallion_toolkit.contracts.losses import Losses
from medallion_toolkit.contracts.nodes import plain, value_at
from medallion_toolkit.contracts.odcs_export import OWN_PROPERTY, Document, odcs_document, own_settings
from medallion_toolkit.contracts.odcs_form import check_form
from medallion_toolkit.contracts.odcs_import import contracts_of
from medallion_toolkit.contracts.yaml_text import contract_text
from medallion_toolkit.errors import Place, UsageError
from medallion_toolkit.python.project_modules import translated

SCHEMA_LINE = "# yaml-language-server: $schema=../../.vscode/contract.schema.json\n"


@dataclass(frozen=True)
class Exported:
    """A contract in another format, and what has no standard place there."""

    table: str
    text: str
    document: Document
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {"table": self.table, "document": self.document, "notes": list(self.notes)}


@dataclass(frozen=True)
class Imported:
    """The contracts of a file, by their path in the project, and what was not taken over."""

    files: Mapping[str, str]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {"files": dict(self.files), "notes": list(self.notes)}

    def as_text(self) -> str:
        """A line for each file and each note."""
        lines = [f"written  {path}" for path in self.files]
        return "\n".join(["local", *lines, *(f"note     {note}" for note in self.notes)])


def export(root: Path, name: str, target: str | None = None) -> Exported:
    """The contract called `name`, as it holds in a target, as ODCS v3.1."""
    package, folder = open_folder(root, target)
    file = chosen_file(folder, name)
    with translated():
        node = folder.node(file)
        values, rules = package.plain_values(folder.load(file)), package.written_rules(node)
    stated = cast("dict[str, Any]", plain(node))
    document = odcs_document(stated, values, rules)
    notes = [f"{key}: kept as custom property {OWN_PROPERTY}" for key in _own_keys(own_settings(stated))]
    notes += (
        ["targets: left out, the contract is exported as it holds in one"]
        if _has_overlays(package, folder, file)
        else []
    )
    notes += [f"{key}: kept as check of the engine medallion" for key in _own_checks(document)]
    return Exported(table_of(file), _yaml(document), document, tuple(notes))


def _own_keys(own: Document) -> list[str]:
    """What the standard has no place for: a whole section, or keys of one that it has a place for."""
    shared = ("governance", "limits", "monitoring")
    return [
        f"{key}.{inner}" if inner else key
        for key, value in own.items()
        for inner in (value if key in shared else ("",))
    ]


def _has_overlays(package: Package, folder: Folder, file: Path) -> bool:
    with translated():
        return value_at(package.short_form(folder.raw(file)), "targets") is not None


def _own_checks(document: Document) -> list[str]:
    """The rules that the standard has no metric for."""
    found = []
    for one in document["schema"]:
        checks = [("", check) for check in one.get("quality", ())]
        checks += [(f"{field['name']} ", check) for field in one["properties"] for check in field.get("quality", ())]
        found += [
            f"{where}{next(iter(check['implementation']))}" for where, check in checks if "implementation" in check
        ]
    return found


def read_document(root: Path, file: Path, layer: str | None = None, source: str | None = None) -> Imported:
    """The contracts that a document states, as texts of the short form; nothing is written.

    Raises MED350 for a file that is no ODCS v3 document, and the contract's own errors for what cannot be one.
    """
    package, _ = open_folder(root)
    losses = Losses()
    document = _document(package, file)
    files: dict[str, str] = {}
    for found in contracts_of(document, layer, losses):
        contract = {"table": found["table"], **({"from": source} if source else {}), **found}
        path = f"contracts/{contract['table'].replace('.', '/')}.yml"
        text = SCHEMA_LINE + contract_text(package.read_nodes(_json(contract), "contract.json"))
        with translated():
            package.read_contract(text, path)
        files[path] = text
    return Imported(files, tuple(losses.notes))


def write_contracts(root: Path, imported: Imported) -> None:
    """Write the contracts; no file is replaced, and none is written when one is in the way."""
    in_the_way = [path for path in imported.files if (root / path).exists()]
    if in_the_way:
        raise UsageError(
            "MED322", "a file is in the way", place=Place(in_the_way[0]), found=", ".join(in_the_way),
            expected="no such file", help="move it away first; nothing was written",
        )  # fmt: skip
    for path, text in imported.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _document(package: Package, file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("MED350", "the file cannot be read", place=Place(str(file)), help=str(error)) from None
    with translated():
        root = package.read_nodes(text, str(file))
    check_form(root, str(file))
    return cast("dict[str, Any]", plain(root))


def _json(value: object) -> str:
    """JSON with decimals as they were written."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_json(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value)


def _yaml(document: Document) -> str:
    """The document as block YAML."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes decimals as numbers and repeats what stands twice."""

        def ignore_aliases(self, _data: object) -> bool:
            return True

    def decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
        text = format(value, "f")
        return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)

    Dumper.add_representer(Decimal, decimal)
    return str(yaml.dump(_listed(document), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120))


def _listed(value: object) -> object:
    """Tuples as lists, mappings as dicts."""
    if isinstance(value, Mapping):
        return {key: _listed(one) for key, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else value
