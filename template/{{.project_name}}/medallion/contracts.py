"""Contracts: YAML files read strictly, rules compiled to SQL.

>>> contract = read_contract("table: silver.orders\\nfrom: orders_conformed\\ncolumns: {order_id: {type: string}}\\n")
>>> contract.name, contract.columns[0].type.sql
('orders', 'STRING')
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from .contract_model import Contract
from .contract_reader import build_contract
from .errors import MedallionContractError, Position
from .yaml_positions import read_yaml


def read_contract(text: str, path: str = "contract.yml") -> Contract:
    """The contract that `text` states; everything wrong with it raises MedallionContractError.

    A path that begins with `contracts/` must fit the table: `contracts/silver/orders.yml` holds silver.orders.
    """
    contract = build_contract(read_yaml(text, path), path)
    expected = f"contracts/{contract.layer}/{contract.name}.yml"
    if PurePosixPath(path).parts[0] == "contracts" and path != expected:
        raise MedallionContractError(
            "MED311",
            f"a contract of {contract.table} in another place",
            contract.position,
            found=path,
            expected=expected,
        )
    return contract


def load_contract(file: Path, root: Path) -> Contract:
    """The contract in `file`; errors name its path below `root`."""
    path = file.relative_to(root).as_posix()
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MedallionContractError("MED301", "not readable as UTF-8", Position(path), found=error.reason) from None
    return read_contract(text, path)


def load_contracts(root: Path, layer: str | None = None) -> tuple[Contract, ...]:
    """The contracts of a project folder, of one layer or of all, by table name."""
    files = sorted((root / "contracts").glob(f"{layer or '*'}/*"))
    contracts = tuple(load_contract(file, root) for file in files if file.suffix == ".yml")
    for file in files:
        if file.suffix == ".yaml":
            path = file.relative_to(root).as_posix()
            raise MedallionContractError("MED311", "a contract's file ends in .yml", Position(path), found=file.name)
    return contracts
