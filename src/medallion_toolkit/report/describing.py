"""What `medallion describe` says of a dataset: files, inputs, consumers, tests, last run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from medallion_toolkit.graph.decorated import made_together
from medallion_toolkit.graph.order import find_dataset
from medallion_toolkit.graph.project import Project
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.report.past_runs import last_result

MADE = ("_checked", "_judged", "_valid", "_quarantine", "_snapshots", "_schema_changes")


@dataclass(frozen=True)
class Description:
    """All names as on screen; `last_run` is None before the first run."""

    name: str
    kind: str
    made_by: str
    source: str | None
    judged_by: str | None
    description: str | None
    reads: tuple[str, ...]
    feeds: tuple[str, ...]
    makes: tuple[str, ...]
    tests: str | None
    test_count: int
    last_run: Mapping[str, object] | None
    decorators: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def text(self) -> str:
        """Lines of label and value; what is absent is not shown."""
        made_by = f"{self.made_by}  from  {self.source}" if self.source else self.made_by
        lines = [
            ("", f"{self.name}   {self.kind.replace('_', ' ')}"),
            ("says", self.description or ""),
            ("made by", made_by),
            ("decorated", " · ".join(self.decorators)),
            ("judged by", self.judged_by or ""),
            ("reads", ", ".join(self.reads)),
            ("feeds", ", ".join(self.feeds)),
            ("makes", " · ".join(self.makes)),
            ("tests", f"{self.tests} ({self.test_count})" if self.tests else ""),
            ("last run", _last(self.last_run)),
        ]
        return "\n".join(f"  {label:<9} {value}" if label else value for label, value in lines if value)


def describe(project: Project, name: str) -> Description:
    """The description of the dataset a user calls `name`."""
    key = find_dataset(project.graph, name, project.display)
    node, contract = project.graph.nodes[key], project.contracts.by_table.get(key)
    beside = _made_beside(project, key)
    made = [key + suffix for suffix in MADE] if contract and contract.source else beside
    file, count = _tests(project, key)
    return Description(
        name=project.display[key],
        kind=node.dataset.kind,
        made_by=contract.path if contract and contract.source else _file(project, key),
        source=_source_file(project, contract),
        judged_by=contract.path if contract and not contract.source else None,
        description=getattr(contract, "description", None) or node.dataset.comment,
        reads=tuple(dict.fromkeys(_tables(project, key, towards_inputs=True, through=made))),
        feeds=tuple(dict.fromkeys(_tables(project, key, towards_inputs=False, through=made))),
        makes=tuple(_made(project, made, key, contract)) or tuple(_shown(project, [key, *beside]) if beside else ()),
        tests=file,
        test_count=count,
        last_run=last_result(project.bundle.root / ".medallion" / "runs", project.display[key]),
        decorators=_decorators_of(project, key),
    )


def _made_beside(project: Project, key: str) -> list[str]:
    """The tables that the same decorated function makes; none for other datasets."""
    nodes = project.graph.nodes
    together = made_together(project.graph, key)
    return [other for other in together if other != key and nodes[other].dataset.kind != "temporary_view"]


def _decorators_of(project: Project, key: str) -> tuple[str, ...]:
    """The decorators of the function that makes a dataset, with file and line: its own or one beside it."""
    datasets = (project.graph.nodes[other].dataset for other in made_together(project.graph, key))
    return next((dataset.decorators for dataset in datasets if dataset.decorators), ())


def _file(project: Project, key: str) -> str:
    path, root = Path(project.graph.nodes[key].dataset.place.path), project.bundle.root.absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _source_file(project: Project, contract: Contract | None) -> str | None:
    if contract is None or contract.source is None:
        return None
    wanted = contract.source.lower()
    files = (node.dataset.place.path for node in project.graph.nodes.values() if node.name == wanted)
    return next(files, contract.source)


def _tables(project: Project, key: str, towards_inputs: bool, through: list[str]) -> list[str]:
    """Tables one step away; temporary views and a contract's own datasets are stepped through."""
    graph = project.graph
    names: list[str] = []
    for other in project.depends[key] if towards_inputs else graph.consumers(key):
        own = other in through or any(other.endswith(f":{part.rsplit('.', 1)[-1]}") for part in through)
        if own or graph.nodes[other].dataset.kind == "temporary_view":
            names += _tables(project, other, towards_inputs, through)
        else:
            names.append(project.display[other])
    return names


def _made(project: Project, made: list[str], key: str, contract: Contract | None) -> list[str]:
    if contract is None or contract.source is None:
        return []
    history = getattr(contract, "history", None)
    own = project.display[key] + (f" (type {history.type})" if history else "")
    return [own, *_shown(project, made)]


def _shown(project: Project, made: list[str]) -> list[str]:
    shown = [project.display[name] for name in made if name in project.graph.nodes]
    return [f"{name} (no readers)" if name.endswith("_checked") else name for name in shown]


def _tests(project: Project, key: str) -> tuple[str | None, int]:
    from medallion_toolkit.testing.cases import read_cases

    parts = project.display[key].split(".")
    file = project.bundle.root.joinpath("tests", *parts).with_suffix(".yml")
    if not file.is_file():
        return None, 0
    return str(file.relative_to(project.bundle.root)), len(read_cases(file, project.bundle.root))


def _last(run: Mapping[str, object] | None) -> str:
    if run is None:
        return "none yet"
    started = str(run["started"])[:16].replace("T", " ")
    return f"{run['outcome']}, {run['rows_in']} rows in, {run['written']} written   {started} UTC"
