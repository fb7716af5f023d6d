"""The place of a resource's field in the bundle's YAML, found by its path and changed without touching the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node, ScalarNode

Json = Any
BUNDLE = "databricks.yml"
_PART = re.compile(r"\.?([^.\[\]]+)|\[(\w+)='([^']*)'\]|\['([^']*)'\]|\[(\d+)\]")
_PLAIN = re.compile(r"[A-Za-z0-9](?:[\w./@ -]*[\w./-])?")
_BLOCKS = ("|", ">")


@dataclass(frozen=True)
class Step:
    """One step down: to a mapping's key, to the list entry whose `by` is `key`, or to an entry by its number."""

    key: str
    by: str | None = None
    is_number: bool = False


@dataclass(frozen=True)
class YamlField:
    """A scalar in a file, by its characters `start` to `end`."""

    file: Path
    start: int
    end: int
    value: Json
    quote: str | None


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a field's name.

    >>> [step.key for step in steps_of("resources.jobs.daily.tasks[task_key='a b'].max_retries")]
    ['resources', 'jobs', 'daily', 'tasks', 'a b', 'max_retries']
    """
    steps = []
    for plain, by, keyed, quoted, number in _PART.findall(path):
        if by:
            steps.append(Step(keyed, by))
        else:
            steps.append(Step(number, is_number=True) if number else Step(plain or quoted))
    return tuple(steps)


def find_field(
    root: Path, target: str, path: str, drafts: Mapping[str, str] = MappingProxyType({})
) -> YamlField | None:
    """Where the bundle states the field in one value: for the target, or for all; None when no file does.

    `drafts` are texts that files are going to have, by their paths.
    """
    steps = steps_of(path)
    for prefix in ((Step("targets"), Step(target)), ()):
        for file in bundle_files(root):
            text = drafts.get(file.relative_to(root).as_posix()) or file.read_text(encoding="utf-8")
            node = _node(_composed(text), (*prefix, *steps))
            if node is not None:
                return _field(file, text, node)
    return None


def replaced(text: str, field: YamlField, value: Json) -> str:
    """The file's text with the field's new value in the same kind of quotes."""
    return text[: field.start] + _written(value, field.quote) + text[field.end :]


def bundle_files(root: Path) -> Iterator[Path]:
    """databricks.yml and what it includes."""
    import yaml

    bundle = root / BUNDLE
    yield bundle
    stated = yaml.safe_load(bundle.read_text(encoding="utf-8"))
    for pattern in (stated or {}).get("include") or ():
        yield from sorted(path for path in root.glob(str(pattern)) if path.is_file() and path != bundle)


def _composed(text: str) -> Node | None:
    from ruamel.yaml import YAML

    composed: Node | None = YAML(typ="rt").compose(text)
    return composed


def _node(node: Node | None, steps: Sequence[Step]) -> ScalarNode | None:
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    for step in steps:
        if isinstance(node, MappingNode) and step.by is None and not step.is_number:
            node = next((value for key, value in node.value if key.value == step.key), None)
        elif isinstance(node, SequenceNode) and step.is_number:
            node = node.value[int(step.key)] if int(step.key) < len(node.value) else None
        elif isinstance(node, SequenceNode) and step.by is not None:
            node = next((one for one in node.value if _says(one, step)), None)
        else:
            return None
    return node if isinstance(node, ScalarNode) and node.style not in _BLOCKS else None


def _says(node: Node, step: Step) -> bool:
    from ruamel.yaml.nodes import MappingNode

    return isinstance(node, MappingNode) and any(
        key.value == step.by and value.value == step.key for key, value in node.value
    )


def _field(file: Path, text: str, node: ScalarNode) -> YamlField:
    import yaml

    start, end = node.start_mark.index, node.end_mark.index
    written = text[start:end]
    return YamlField(file, start, end, yaml.safe_load(written), written[:1] if written[:1] in ("'", '"') else None)


def _written(value: Json, quote: str | None) -> str:
    import yaml

    if not isinstance(value, str):
        return json.dumps(value)
    if quote == "'":
        return "'" + value.replace("'", "''") + "'"
    if quote is None and _PLAIN.fullmatch(value) and yaml.safe_load(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)
