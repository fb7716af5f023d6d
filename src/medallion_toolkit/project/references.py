"""`${…}` in the configuration: values found by path, nested references, cycles refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, did_you_mean
from medallion_toolkit.project.nodes import Node, scalar_text, with_texts

_WORD = r"[^\W\d_](?:[-\w]*[^\W_])?"
_REFERENCE = re.compile(rf"\$\{{({_WORD}(?:\.{_WORD}(?:\[[0-9]+\])*)*(?:\[[0-9]+\])*)\}}")
_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")
_NOT_RESOLVED = ("scripts",)
_OPEN_PREFIXES = ("bundle.git",)


def resolve(root: Node, prefixes: tuple[str, ...]) -> Node:
    """The configuration with every reference below `prefixes` replaced by what it names."""
    resolver = Resolver(root, prefixes)
    entries = root.entries.items()
    changed = {key: node if key in _NOT_RESOLVED else with_texts(node, resolver.resolved) for key, node in entries}
    return Node(changed, root.place)


class Resolver:
    """Replaces references of texts; values are looked up in one configuration."""

    def __init__(self, root: Node, prefixes: tuple[str, ...]) -> None:
        self._root = root
        self._prefixes = prefixes
        self._known: dict[str, Node | None] = {}
        self._open: list[tuple[str, Place]] = []

    def resolved(self, node: Node) -> Node:
        """The text with its references replaced; a text that is one reference takes any value."""
        text = str(node.value)
        whole = _REFERENCE.fullmatch(text)
        if whole:
            value = self._value(whole[1], node)
            return node if value is None else Node(value.value, node.place)
        return Node(_REFERENCE.sub(lambda match: self._text(match, node), text), node.place)

    def _text(self, match: re.Match[str], node: Node) -> str:
        value = self._value(match[1], node)
        if value is None:
            return match[0]
        if isinstance(value.value, Mapping | tuple):
            raise ConfigError(
                "MED108",
                f"{match[0]} is a list or a mapping and cannot stand inside text.",
                place=place_of_reference(node, match[0]),
                found=match[0],
                help="use it as the whole value",
            )
        return scalar_text(value.value)

    def _value(self, path: str, node: Node) -> Node | None:
        path = self._full_path(path)
        if not path.startswith(self._prefixes) or path.startswith(_OPEN_PREFIXES):
            return None
        if path not in self._known:
            self._known[path] = self._found(path, node)
        return self._known[path]

    def _found(self, path: str, node: Node) -> Node | None:
        place = place_of_reference(node, _as_written(path))
        names = [name for name, _ in self._open]
        if path in names:
            raise self._cycle(path, place)
        self._open.append((path, place))
        try:
            found = self._walk(path, place)
            return None if found is None else with_texts(found, self.resolved)
        finally:
            self._open.pop()

    def _walk(self, path: str, place: Place) -> Node | None:
        node = self._root
        steps = [match[1] or match[2] for match in _STEP.finditer(path)]
        for number, step in enumerate(steps):
            if isinstance(node.value, str):
                node = self.resolved(node)
            below = node.items[int(step)] if step.isdigit() and int(step) < len(node.items) else node.get(step)
            if below is None and steps[0] == "resources" and number > 2:
                return None
            if below is None:
                raise self._missing(path, steps[: number + 1], node, place)
            node = below
        return node

    def _missing(self, path: str, steps: list[str], node: Node, place: Place) -> ConfigError:
        wanted = path.split(".")[1] if steps == ["variables"] else steps[-1]
        kind = {"variables": "variable", "resources": "resource"}.get(steps[0], "value")
        return ConfigError(
            "MED107",
            f"There is no {kind} {wanted} for {_as_written(path)}.",
            place=place,
            found=_as_written(path),
            expected=", ".join(sorted(node.entries)) or None,
            help=did_you_mean(wanted, node.entries),
        )

    def _cycle(self, path: str, place: Place) -> ConfigError:
        names = [name for name, _ in self._open]
        ring = self._open[names.index(path) :]
        written = " → ".join(_as_written(name) for name in [*(name for name, _ in ring), path])
        return ConfigError(
            "MED109",
            "These references go round in a circle.",
            place=place,
            found=written,
            notes=tuple(other for _, other in ring if other != place),
        )

    def _full_path(self, path: str) -> str:
        if not path.startswith("var."):
            return path
        _, name, *rest = path.split(".", 2)
        stem, bracket, index = name.partition("[")
        return ".".join(["variables", stem, f"value{bracket}{index}", *rest])


def place_of_reference(node: Node, written: str) -> Place:
    """Line and column of a reference inside the text it stands in."""
    place = node.place
    lines = Path(place.path).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    for number in range(place.line, min(place.line + 50, len(lines) + 1)):
        column = lines[number - 1].find(written)
        if column >= 0:
            return Place(place.path, number, column + 1, len(written))
    return place


def _as_written(path: str) -> str:
    matched = re.fullmatch(r"variables\.([^.]+)\.value(.*)", path)
    return f"${{var.{matched[1]}{matched[2]}}}" if matched else f"${{{path}}}"
