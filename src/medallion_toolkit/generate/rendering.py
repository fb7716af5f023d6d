"""What a contract makes, as pipeline SQL: printed, or handed over as files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import ConfigError, ContractError, Place, UsageError, raise_all
from medallion_toolkit.generate.contracts import read_contracts
from medallion_toolkit.graph.decorated import made_together
from medallion_toolkit.graph.project import read_project
from medallion_toolkit.project.contract_names import find_named
from medallion_toolkit.python.helper_contract import Contract
from medallion_toolkit.python.helper_package import Package


@dataclass(frozen=True)
class Rendering:
    """The SQL of one contract; `files` were written by --eject."""

    table: str
    contract: str
    sql: str
    files: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {"table": self.table, "contract": self.contract, "sql": self.sql, "files": list(self.files)}

    def as_text(self) -> str:
        """The SQL, or what was written and what is left to do."""
        if not self.files:
            return self.sql.rstrip("\n")
        written = "\n".join(f"written   {path}" for path in self.files)
        return f"{written}\nnext: remove {self.contract}, or it makes the same tables again"


def render(root: Path, name: str) -> Rendering:
    """The SQL that does what the contract called `name` does, or the decorators of a function."""
    contracts = read_contracts(root)[1]
    is_contract = any(name in (contract.table, contract.name) for contract in contracts)
    decorated = None if is_contract else _decorated(root, name)
    if decorated is not None:
        return decorated
    package, contract = _making_contract(root, name)
    return Rendering(contract.table, contract.path, package.render_sql(contract))


def eject(root: Path, name: str) -> Rendering:
    """The same written to sql/<layer>/; no file is replaced, and none is written when one is in the way."""
    package, contract = _making_contract(root, name)
    files = package.render_files(contract)
    _refuse_existing(root, files)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return Rendering(contract.table, contract.path, package.render_sql(contract), tuple(files))


def _decorated(root: Path, name: str) -> Rendering | None:
    """What decorators make under this name; None for every other dataset, and where no pipeline is described."""
    try:
        project, problems = read_project(root)
    except ConfigError:
        return None
    names = {shown: key for key, shown in project.display.items()}
    together = made_together(project.graph, names[name]) if name in names else ()
    for dataset in (project.graph.nodes[key].dataset for key in together):
        if dataset.rendered is not None:
            raise_all(problems)
            return Rendering(name, dataset.place.path, dataset.rendered())
    return None


def _making_contract(root: Path, name: str) -> tuple[Package, Contract]:
    package, contracts = read_contracts(root)
    contract = find_named(contracts, name, lambda one: one.table)
    if contract.source is None:
        raise ContractError(
            "MED321",
            f"{contract.path} makes no table",
            place=Place(contract.path),
            help=f"it has no from: an SQL file makes {contract.table}",
            next=f"medallion describe {contract.table}",
        )
    return package, contract


def _refuse_existing(root: Path, files: Iterable[str]) -> None:
    in_the_way = [path for path in files if (root / path).exists()]
    if in_the_way:
        raise UsageError(
            "MED322",
            "a file is in the way",
            place=Place(in_the_way[0]),
            found=", ".join(in_the_way),
            expected="no such file",
            help="move it away first; nothing was written",
        )
