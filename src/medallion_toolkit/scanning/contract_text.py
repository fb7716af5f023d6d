"""Classes into the text of a contract: only what is new is inserted, everything else stays as it is written."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

import yaml

from medallion_toolkit.scanning.model import FileChange


def written_classes(text: str) -> dict[str, str]:
    """The columns that state a class of their own in this text, by name in small letters."""
    found: dict[str, str] = {}
    for name, column in _columns(text):
        for key, value in column.value:
            if key.value == "class" and isinstance(value, yaml.ScalarNode):
                found[name] = value.value
    return found


def with_classes(path: str, text: str, classes: Mapping[str, str]) -> FileChange | None:
    """The change that gives these columns their classes; None where the text has no place to write them.

    That is so for the long form of a contract and for columns that come out of an anchor.
    """
    spots = {name: _spot(text, column) for name, column in _columns(text)}
    wanted = {name.lower(): value for name, value in classes.items()}
    places = [(*spot, value) for name, value in wanted.items() if (spot := spots.get(name)) is not None]
    if len(places) < len(wanted) or len({at for at, *_ in places}) < len(places):
        return None
    after = text
    for at, form, value in sorted(places, reverse=True):
        after = after[:at] + form.format(value) + after[at:]
    return FileChange(path, text, after, _diff(path, text, after))


def _columns(text: str) -> Iterator[tuple[str, yaml.MappingNode]]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    entries = root.value if isinstance(root, yaml.MappingNode) else []
    for key, value in entries:
        if key.value == "columns" and isinstance(value, yaml.MappingNode):
            for name, column in value.value:
                if isinstance(column, yaml.MappingNode):
                    yield str(name.value).lower(), column


def _spot(text: str, column: yaml.MappingNode) -> tuple[int, str] | None:
    """Where the class goes, and how it is written there: behind the last value of {…}, below `type` in a block."""
    if not column.value:
        return None
    if column.flow_style:
        key, last = column.value[-1]
        return last.end_mark.index, ', "class": "{}"' if key.style == '"' else ", class: {}"
    of_type = [(key, value) for key, value in column.value if key.value == "type"]
    if not of_type:
        return None
    key, value = of_type[0]
    end = text.find("\n", value.end_mark.index)
    return (len(text) if end < 0 else end), "\n" + " " * key.start_mark.column + "class: {}"


def _diff(path: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
