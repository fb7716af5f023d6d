"""The project's contracts beside its graph: each has its dataset, each conformed view its contract.

Contracts are read by the project's own `medallion` package, the one the workspace runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medallion_toolkit.errors import ContractError, MedallionError, PipelineError, Place, did_you_mean, nearest
from medallion_toolkit.graph.model import Graph, Node
from medallion_toolkit.model import Span, SqlQuery
from medallion_toolkit.python.helper_contract import Contract

if TYPE_CHECKING:
    from types import ModuleType

    from medallion_toolkit.project.bundle import Bundle

CONFORMED = "_conformed"


@dataclass(frozen=True)
class Contracts:
    """Contracts by full table name, with the package that read them; empty for bundles without any."""

    package: ModuleType | None = None
    by_table: Mapping[str, Contract] = field(default_factory=dict)
    errors: tuple[MedallionError, ...] = ()

    def making(self, name: str) -> Contract | None:
        """The contract that makes the table `name`, None when an SQL file does."""
        contract = self.by_table.get(name)
        return contract if contract is not None and contract.source is not None else None


def load_contracts(bundle: Bundle) -> Contracts:
    """All contracts under contracts/; their errors are collected."""
    from medallion_toolkit.python.project_modules import project_package, translated

    if not (bundle.root / "contracts").is_dir() or not (bundle.root / "medallion").is_dir():
        return Contracts()
    package = project_package(bundle.root)
    found: dict[str, Contract] = {}
    errors: list[MedallionError] = []
    try:
        with translated():
            folder = package.open_contracts(bundle.root, _stated_target(bundle))
            files = folder.files()
            errors += _overlays_without_target(bundle, folder.overlaid_targets())
    except ContractError as error:
        return Contracts(package, {}, (error,))
    for file in files:
        try:
            with translated():
                contract = folder.load(file)
        except ContractError as error:
            errors.append(error)
            continue
        schema = bundle.schemas.get(contract.layer)
        if schema is None:
            errors.append(_unknown_layer(contract, bundle))
            continue
        found[f"{schema}.{contract.name}".lower()] = contract
    return Contracts(package, found, tuple(errors))


def _stated_target(bundle: Bundle) -> str | None:
    """The target as the pipelines' configuration names it, which is what their contracts go by."""
    return next((one.configuration["target"] for one in bundle.pipelines if "target" in one.configuration), None)


def _overlays_without_target(bundle: Bundle, overlaid: Sequence[str]) -> list[MedallionError]:
    if not overlaid or _stated_target(bundle) or not (bundle.root / "databricks.yml").is_file():
        return []
    return [
        ContractError(
            "MED346",
            "contracts have overlays for targets, and no pipeline says which target it is",
            place=Place("contracts"),
            found=f"overlays for {', '.join(overlaid)}",
            expected="target: ${bundle.target} in the configuration of the pipelines",
        )
    ]


def check_contracts(contracts: Contracts, graph: Graph) -> list[MedallionError]:
    """Contracts without their dataset, conformed views without a contract, columns that differ, rules said twice."""
    errors: list[MedallionError] = []
    sources = set()
    for name, contract in contracts.by_table.items():
        if contract.source is None:
            node = graph.nodes.get(name)
            errors += [_without_dataset(contract, graph)] if node is None else _said_twice(contract, node)
        else:
            for source in fed_by(contract):
                sources.add(source.lower())
                found = _source_node(graph, source)
                errors += _column_differences(contract, found) if found else [_without_source(contract, source, graph)]
    return errors + [_without_contract(node) for node in _unread(graph, sources)]


def fed_by(contract: Contract) -> tuple[str, ...]:
    """Every view or table that the contract's table is made of, its backfill last."""
    backfill = contract.making.backfill
    return (*contract.sources, *([backfill] if backfill else []))


def _source_node(graph: Graph, source: str) -> Node | None:
    wanted = source.lower()
    return next((node for node in graph.nodes.values() if wanted in (node.name, node.name.split(".", 1)[-1])), None)


def _unread(graph: Graph, sources: set[str]) -> Iterable[Node]:
    for key, node in graph.nodes.items():
        is_conformed = node.dataset.kind == "temporary_view" and node.name.endswith(CONFORMED)
        if is_conformed and node.name not in sources and not graph.consumers(key):
            yield node


def _column_differences(contract: Contract, node: Node) -> list[MedallionError]:
    from medallion_toolkit.sql.columns import output_columns
    from medallion_toolkit.sql.statements import QueryText

    query = node.flows[0].query if node.flows else None
    if not isinstance(query, SqlQuery):
        return []
    span = Span(0, len(query.text), query.place.line, query.place.column)
    columns = output_columns(QueryText(query.text, span, query.relations))
    if columns is None:
        return []
    made = {column.lower() for column in columns}
    asked = {column.name.lower(): column.name for column in (*contract.columns, *contract.carry)}
    missing = [name for lower, name in asked.items() if lower not in made]
    extra = [name for name in columns if name.lower() not in asked and not name.startswith("_")]
    place = node.dataset.place
    errors: list[MedallionError] = [
        ContractError(
            "MED330",
            f"{contract.path} has the column {name}, which {node.name} does not give",
            place=place,
            help=did_you_mean(name, columns) or f"{node.name} gives {', '.join(columns)}",
            notes=(Place(contract.path),),
        )
        for name in missing
    ]
    for name in extra:
        close = nearest(name, [column.name for column in contract.columns])
        errors.append(
            ContractError(
                "MED331",
                f"{node.name} gives the column {name}, which {contract.path} does not have",
                place=place,
                help=f"add it to the contract with its type, or rename it to {close}"
                if close
                else "add it to the contract with its type, or leave it out of the query",
                notes=(Place(contract.path),),
            )
        )
    return errors


def _said_twice(contract: Contract, node: Node) -> list[MedallionError]:
    dataset = node.dataset
    if not dataset.expectations and dataset.comment is None:
        return []
    what = "EXPECT" if dataset.expectations else "COMMENT"
    return [
        ContractError(
            "MED332",
            f"{dataset.name} has a contract and {what} in SQL",
            place=dataset.expectations[0].place if dataset.expectations else dataset.place,
            help=f"state it in {contract.path} only",
            notes=(Place(contract.path),),
        )
    ]


def _without_source(contract: Contract, source: str, graph: Graph) -> MedallionError:
    close = nearest(source, [node.name for node in graph.nodes.values()])
    return ContractError(
        "MED333",
        f"the contract reads {source}, which no file makes",
        place=Place(contract.path),
        help=f"did you mean from: {close}?" if close else f"write sql/{contract.layer}/{source}.sql",
    )


def _without_dataset(contract: Contract, graph: Graph) -> MedallionError:
    close = nearest(contract.name, [node.name.rsplit(".", 1)[-1] for node in graph.nodes.values()])
    return ContractError(
        "MED334",
        f"no dataset {contract.layer}.{contract.name} belongs to this contract",
        place=Place(contract.path),
        help=f"did you mean table: {contract.layer}.{close}?"
        if close
        else f"write sql/{contract.layer}/{contract.name}.sql, or say from: which view it is made of",
    )


def _without_contract(node: Node) -> MedallionError:
    table = node.name.removesuffix(CONFORMED)
    return PipelineError(
        "MED239",
        f"nothing reads {node.name}: there is no contract for it",
        place=node.dataset.place,
        help=f"write contracts/silver/{table}.yml with from: {node.name}",
    )


def _unknown_layer(contract: Contract, bundle: Bundle) -> MedallionError:
    close = nearest(contract.layer, bundle.schemas)
    return ContractError(
        "MED335",
        f"the bundle has no schema {contract.layer}",
        place=Place(contract.path),
        help=f"did you mean {close}.{contract.name}?" if close else f"schemas: {', '.join(bundle.schemas) or 'none'}",
    )
