"""Contracts: YAML or JSON files read strictly, rules compiled to SQL.

>>> contract = read_contract("table: silver.orders\\nfrom: orders_conformed\\ncolumns: {order_id: {type: string}}\\n")
>>> contract.name, contract.columns[0].type.sql
('orders', 'STRING')
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..model.contract import Contract
from .files import contract_targets, open_contracts, parse_contract
from .overlays import Surroundings


def read_contract(text: str, path: str = "contract.yml", target: str | None = None) -> Contract:
    """The contract that `text` states; everything wrong with it raises MedallionContractError.

    A path that begins with `contracts/` must fit the table: `contracts/silver/orders.yml` holds silver.orders.
    """
    return parse_contract(text, path, Surroundings(target))


def load_contract(file: Path, root: Path, target: str | None = None) -> Contract:
    """The contract in `file` with the project's defaults; errors name its path below `root`."""
    return open_contracts(root, target).load(file)


def load_contracts(root: Path, layer: str | None = None, target: str | None = None) -> tuple[Contract, ...]:
    """The contracts of a project folder, of one layer or of all, by table name, as they hold in a target."""
    folder = open_contracts(root, target)
    return tuple(folder.load(file) for file in folder.files(layer))


def contracts_by_target(root: Path) -> Mapping[str, tuple[Contract, ...]]:
    """The contracts as they hold in each target of the bundle; empty where no file has an overlay."""
    used = open_contracts(root).overlaid_targets()
    targets = contract_targets(root) or used
    return {target: load_contracts(root, target=target) for target in targets} if used else {}
