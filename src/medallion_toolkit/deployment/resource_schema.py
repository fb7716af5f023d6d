"""`medallion validate`: the configuration against the schema that the Databricks CLI itself prints. No workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from medallion_toolkit.deployment.databricks_cli import Cli
from medallion_toolkit.errors import Place, did_you_mean
from medallion_toolkit.project.bundle import rendered_configuration
from medallion_toolkit.project.combining import read_configuration, target_names
from medallion_toolkit.project.nodes import Node

Json = Any
REFERENCE = "${"
MISFIT = "MED761"


@dataclass(frozen=True)
class Misfit:
    """A value that the schema does not allow: where it stands, its path, and what is wrong."""

    place: Place
    path: str
    message: str
    help: str | None = None


@dataclass(frozen=True)
class Validation:
    """What was compared with the schema, and what does not fit."""

    targets: tuple[str, ...]
    misfits: tuple[Misfit, ...]

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {"targets": list(self.targets), "ok": not self.misfits, "misfits": [asdict(one) for one in self.misfits]}

    def as_text(self, root: Path) -> str:
        """A line a misfit, and what was not asked."""
        names = ", ".join(self.targets)
        lines = [f"local · schema of the Databricks CLI · files as written and resources of {names}"]
        for one in self.misfits:
            path = Path(one.place.path)
            name = path.relative_to(root) if path.is_relative_to(root) else path
            place = Place(str(name), one.place.line, one.place.column)
            lines.append(f"{MISFIT} {place}   {one.path}: {one.message}" + (f"   {one.help}" if one.help else ""))
        lines.append(f"{len(self.misfits)} misfits" if self.misfits else "all fits; no workspace was asked")
        return "\n".join(lines)


def validate(root: Path) -> Validation:
    """The files as they are written, then the resources of every target with their variables filled in."""
    folder = root.absolute()
    written = read_configuration(folder)
    targets = target_names(written)
    schema = Schema(json.loads(Cli(root, targets[0]).run("bundle", "schema")))
    found = dict.fromkeys(schema.misfits(written))
    for target in targets:
        resources = rendered_configuration(folder, target).get("resources")
        if resources is not None:
            found |= dict.fromkeys(schema.misfits(resources, schema.root["properties"]["resources"], "resources"))
    return Validation(targets, tuple(found))


@dataclass(frozen=True)
class Schema:
    """JSON Schema as far as the CLI uses it: $ref, oneOf, type, properties, items, required, enum."""

    root: Mapping[str, Json]

    def misfits(self, node: Node, schema: Json = None, path: str = "") -> Iterator[Misfit]:
        """Every value below the node that is not allowed; `${…}` stands for any value."""
        found = self._alternative(self.root if schema is None else schema)
        if found is None or _is_reference(node) or node.value is None:
            return
        if isinstance(node.value, Mapping):
            yield from self._of_mapping(node, found, path)
        elif isinstance(node.value, tuple):
            yield from self._of_list(node, found, path)
        else:
            yield from _of_scalar(node, found, path)

    def _alternative(self, schema: Json) -> Json:
        """The schema behind references, and of several the first, the one that is no pattern of a reference."""
        while "$ref" in schema:
            schema = self._resolved(schema["$ref"])
        for several in ("oneOf", "anyOf"):
            if several in schema:
                plain = [one for one in schema[several] if "pattern" not in one]
                return self._alternative(plain[0]) if all(plain) else None
        return schema if schema.get("type") else None

    def _resolved(self, reference: str) -> Json:
        found: Json = self.root
        for part in reference.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def _of_mapping(self, node: Node, schema: Json, path: str) -> Iterator[Misfit]:
        if schema["type"] != "object":
            yield _wrong_type(node, schema, path)
            return
        fields, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, child in node.entries.items():
            inner = f"{path}.{name}".lstrip(".")
            if name in fields:
                yield from self.misfits(child, fields[name], inner)
            elif others is False:
                yield Misfit(child.place, inner, "no such field", did_you_mean(name, fields))
            elif isinstance(others, Mapping) and others:
                yield from self.misfits(child, others, inner)
        for name in schema.get("required") or ():
            if name not in node.entries:
                yield Misfit(node.place, path, f"{name} is missing")

    def _of_list(self, node: Node, schema: Json, path: str) -> Iterator[Misfit]:
        if schema["type"] != "array":
            yield _wrong_type(node, schema, path)
            return
        for number, item in enumerate(node.items):
            yield from self.misfits(item, schema.get("items") or {}, f"{path}[{number}]")


def _is_reference(node: Node) -> bool:
    return isinstance(node.value, str) and REFERENCE in node.value


def _of_scalar(node: Node, schema: Json, path: str) -> Iterator[Misfit]:
    value, kind = node.value, schema["type"]
    allowed = schema.get("enum")
    if kind in ("object", "array") or not _has_type(value, kind):
        yield _wrong_type(node, schema, path)
    elif allowed and value not in allowed:
        yield Misfit(node.place, path, f"{value} is none of the values", did_you_mean(str(value), map(str, allowed)))


def _has_type(value: object, kind: str) -> bool:
    """Whether a scalar may stand there; the CLI reads numbers and words from text too, and text from any scalar."""
    if kind == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if kind in ("integer", "number"):
        return not isinstance(value, bool) and _is_number(value)
    return True


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _wrong_type(node: Node, schema: Json, path: str) -> Misfit:
    found = "a mapping" if node.entries else "a list" if node.items else repr(node.value)
    return Misfit(node.place, path, f"{found} where the schema has {schema['type']}")
