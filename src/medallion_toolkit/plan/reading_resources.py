"""The readers that a bundle's resources declare: dashboards and alerts; SQL of jobs is read in `reading_jobs`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.errors import MedallionError, Place
from medallion_toolkit.plan.readers import Reader, ReadingQuery
from medallion_toolkit.plan.reading_jobs import job_readers
from medallion_toolkit.sql.relations import find_relations

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle

_NOT_READ = {"genie_spaces": "Genie space", "quality_monitors": "monitor", "apps": "app"}


@dataclass(frozen=True)
class _Document:
    """A JSON document: `raw` is the text of its file, empty where it stands in a YAML file at `place`."""

    content: Mapping[str, object]
    raw: str
    place: Place

    def place_of(self, text: str) -> Place:
        """The line of the file that a text of the document begins on."""
        for written in (text, text.rstrip("\n")) if self.raw else ():
            for ascii_only in (False, True):
                at = self.raw.find(json.dumps(written, ensure_ascii=ascii_only)[:-1])
                if at >= 0:
                    return Place(self.place.path, self.raw.count("\n", 0, at) + 1)
        return self.place


@dataclass
class Found:
    """Readers as they are found, and what of them could not be read."""

    readers: list[Reader] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def declared_readers(bundle: Bundle) -> Found:
    """Dashboards, alerts and SQL of jobs of one target."""
    found = Found()
    for key, dashboard in bundle.resources.get("dashboards", {}).items():
        _add(found, f"dashboard {key}", _dashboard(bundle, key, dashboard))
    for key, alert in bundle.resources.get("alerts", {}).items():
        _add(found, f"alert {key}", _alert(bundle, key, alert))
    for kind, called in _NOT_READ.items():
        found.unread += [f"{called} {key}: its tables are not read" for key in bundle.resources.get(kind, {})]
    readers, unread = job_readers(bundle)
    found.readers += readers
    found.unread += unread
    return found


def _add(found: Found, name: str, queries: Iterator[ReadingQuery | str]) -> None:
    read = []
    for query in queries:
        if isinstance(query, str):
            found.unread.append(f"{name}: {query}")
        else:
            read.append(query)
    if read:
        found.readers.append(Reader(name, tuple(read)))


def _dashboard(bundle: Bundle, key: str, dashboard: Mapping[str, object]) -> Iterator[ReadingQuery | str]:
    """The query of each data set of a dashboard, with the fields that its widgets take from it."""
    opened = _json(bundle, ("dashboards", key, "serialized_dashboard"), dashboard)
    if isinstance(opened, str):
        yield opened
        return
    default = [str(dashboard[name]) for name in ("dataset_catalog", "dataset_schema") if dashboard.get(name)]
    fields = _widget_fields(opened.content)
    datasets = opened.content.get("datasets")
    for dataset in datasets if isinstance(datasets, list | tuple) else ():
        lines = _lines(dataset.get("queryLines") or dataset.get("query"))
        if not lines:
            yield f"the data set {dataset.get('displayName') or dataset.get('name')} has no query"
            continue
        texts = [*lines, *fields.get(str(dataset.get("name")), ())]
        yield _query("".join(lines), tuple((text, opened.place_of(text)) for text in texts), default)


def _alert(bundle: Bundle, key: str, alert: Mapping[str, object]) -> Iterator[ReadingQuery | str]:
    text = alert.get("query_text")
    if isinstance(text, str):
        place = _written_at(bundle, ("alerts", key, "query_text"))
        yield _query(text, ((text, place),))
        return
    opened = _json(bundle, ("alerts", key, "serialized_alert"), alert)
    if isinstance(opened, str):
        yield opened
        return
    content = opened.content
    lines = _lines(content.get("query_text") or content.get("query_lines") or content.get("queryLines"))
    if not lines:
        yield f"{opened.place} has no query"
        return
    yield _query("".join(lines), tuple((line, opened.place_of(line)) for line in lines))


def _query(text: str, texts: tuple[tuple[str, Place], ...], default: list[str] | None = None) -> ReadingQuery | str:
    place = texts[0][1]
    try:
        relations = find_relations(text)
    except MedallionError as error:
        return f"its query is not understood   {place} ({error.code})"
    names = [relation.name for relation in relations if relation.kind == "table"]
    if any(relation.name == "IDENTIFIER" for relation in relations):
        return f"the name of a table is known only when it runs   {place}"
    schema = default[-1:] if default else []
    return ReadingQuery(tuple(".".join([*schema, name]) if "." not in name else name for name in names), texts)


def _json(bundle: Bundle, inline: tuple[str, str, str], resource: Mapping[str, object]) -> _Document | str:
    """The document that a resource states or whose file it names; else why there is none."""
    stated, file = resource.get(inline[2]), str(resource.get("file_path") or "")
    if isinstance(stated, Mapping):
        return _Document(stated, "", _written_at(bundle, inline))
    if isinstance(stated, str):
        return _parsed(stated, "", _written_at(bundle, inline))
    if not file:
        return "it names no file"
    if not (bundle.root / file).is_file():
        return f"there is no file {file}"
    text = (bundle.root / file).read_text(encoding="utf-8-sig", errors="replace")
    return _parsed(text, text, Place(file))


def _parsed(text: str, raw: str, place: Place) -> _Document | str:
    try:
        content = json.loads(text)
    except ValueError:
        return f"{place} is no JSON"
    return _Document(content, raw, place) if isinstance(content, dict) else f"{place} holds no object"


def _written_at(bundle: Bundle, keys: tuple[str, str, str]) -> Place:
    """Where a resource's field stands; a block of text begins on the line below its key."""
    from medallion_toolkit.project.combining import read_configuration

    node = read_configuration(bundle.root).get("resources", *keys)
    if node is None:
        return Place("databricks.yml")
    path = Path(node.place.path)
    shown = path.relative_to(bundle.root).as_posix() if path.is_relative_to(bundle.root) else path.as_posix()
    is_block = "\n" in (node.text or "")
    return Place(shown, node.place.line + is_block)


def _lines(value: object) -> list[str]:
    """The query of a data set in its pieces, each ending where the next line begins."""
    if isinstance(value, str):
        return [value]
    pieces = [str(one) for one in value] if isinstance(value, list | tuple) else []
    return [piece if piece.endswith("\n") else f"{piece}\n" for piece in pieces]


def _widget_fields(content: object) -> dict[str, list[str]]:
    """Expressions that widgets compute from a data set, by the data set's name."""
    found: dict[str, list[str]] = {}
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            taken = one.get("fields")
            if one.get("datasetName") and isinstance(taken, list | tuple):
                known = found.setdefault(str(one["datasetName"]), [])
                known += [
                    str(each["expression"]) for each in taken if isinstance(each, Mapping) and each.get("expression")
                ]
            waiting += list(one.values())
        elif isinstance(one, list | tuple):
            waiting += list(one)
    return found
