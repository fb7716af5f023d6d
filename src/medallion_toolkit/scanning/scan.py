"""`medallion scan`: personal data in the columns of contracts, and the classes that ought to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from medallion_toolkit.engine.store import write_whole
from medallion_toolkit.errors import ContractError, PipelineError, Place, UsageError, did_you_mean
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.scanning.contract_text import with_classes, written_classes
from medallion_toolkit.scanning.model import ColumnVerdict, FileChange, Finding, Scan, TableScan
from medallion_toolkit.scanning.sampling import Sample, count_samples

if TYPE_CHECKING:
    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.graph.project import Project

ROWS = 2_000
BY_HAND = "the contract is not in short form, or shares a column by an anchor: write the class there yourself"


def scan(run: LocalRun, root: Path, name: str | None = None, most: int = ROWS) -> Scan:
    """What the columns of one contract or of all hold; nothing is written.

    About `most` rows of each local table are looked at. UsageError for a name that has no contract.
    """
    chosen = _chosen(run.project, name)
    pii = _detectors(run.project)
    samples = count_samples(run, tuple(chosen), pii, most)
    tables: list[TableScan] = []
    changes: list[FileChange] = []
    for key, contract in chosen.items():
        text = _read(root, contract)
        table = _judged(contract, text, samples.get(key), pii)
        change = with_classes(contract.path, text, table.proposals) if table.proposals else None
        is_stuck = bool(table.proposals) and change is None
        tables.append(replace(table, by_hand=BY_HAND) if is_stuck else table)
        changes += [change] if change else []
    return Scan(run.project.bundle.target, tuple(tables), tuple(changes))


def apply(found: Scan, root: Path) -> Scan:
    """The same scan with its changes in the files; none is written when one file is no longer what was read."""
    for change in found.changes:
        if (root / change.path).read_text(encoding="utf-8") != change.before:
            raise ContractError(
                "MED397",
                "the contract was changed while it was scanned; no contract is written",
                place=Place(change.path),
                next="medallion scan --write",
            )
    for change in found.changes:
        write_whole(root / change.path, change.after)
    return replace(found, is_applied=True)


def _judged(contract: Contract, text: str, sample: Sample | None, pii: ModuleType) -> TableScan:
    columns = contract.columns
    written = written_classes(text)
    counts = {name.lower(): counted for name, counted in (sample.counts if sample else {}).items()}
    found: Sequence[Finding] = pii.find(
        {column.name: column.type for column in columns},
        {column.name: counts[column.name.lower()] for column in columns if column.name.lower() in counts},
    )
    stated = {column.name: column.classification for column in columns}
    verdicts = [ColumnVerdict(one, stated[one.column], one.column.lower() in written) for one in found]
    rows, one_of = (sample.rows, sample.one_of) if sample else (None, 1)
    return TableScan(f"{contract.layer}.{contract.name}", contract.path, rows, one_of, tuple(verdicts))


def _chosen(project: Project, name: str | None) -> Mapping[str, Contract]:
    contracts = {f"{one.layer}.{one.name}": (key, one) for key, one in project.contracts.by_table.items()}
    if name is None:
        return dict(contracts.values())
    wanted = ".".join(split_name(name))
    found = [pair for known, pair in contracts.items() if wanted in (known, known.partition(".")[2])]
    if len(found) != 1:
        raise UsageError(
            "MED398",
            f"{len(found)} contracts are called {name}" if found else f"no contract is called {name}",
            found=name,
            expected=", ".join(contracts) or "a contract under contracts/",
            help=did_you_mean(wanted, contracts),
        )
    return dict(found)


def _detectors(project: Project) -> ModuleType:
    package = project.contracts.package
    if package is None or find_spec(f"{package.__name__}.pii") is None:
        raise PipelineError(
            "MED399",
            "The project's helper modules cannot look for personal data.",
            place=Place("medallion/pii"),
            expected="the package medallion/pii, or a project with contracts",
            next="medallion upgrade",
        )
    return import_module(f"{package.__name__}.pii")


def _read(root: Path, contract: Contract) -> str:
    return (root / contract.path).read_text(encoding="utf-8")
