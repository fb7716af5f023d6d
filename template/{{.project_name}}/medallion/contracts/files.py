"""The contract files of a project: where they stand, what is around them, one file read as one contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import cast

from ..errors import MedallionContractError, Position
from ..model.contract import Contract
from ..yaml_files.json_text import as_yaml
from ..yaml_files.positions import MapNode, Node, read_yaml, scalar
from .overlays import ALONE, Surroundings, check_defaults, merged
from .provenance import Stated, stated_values
from .reader import build_contract

DEFAULTS_NAME = "defaults"
_ENDINGS = (".yml", ".json")


@dataclass(frozen=True)
class ContractFolder:
    """`contracts/` of a project as one target sees it; `target` None means without overlays."""

    root: Path
    around: Surroundings
    layer_defaults: Mapping[str, MapNode]

    def files(self, layer: str | None = None) -> tuple[Path, ...]:
        """The contract files of one layer or of all, by name; raises MED311 for other endings, MED344 for twins."""
        found = sorted((self.root / "contracts").glob(f"{layer or '*'}/*"))
        for file in found:
            if file.suffix == ".yaml":
                place = Position(self._shown(file))
                raise MedallionContractError("MED311", "a contract's file ends in .yml", place, found=file.name)
        files = [file for file in found if file.suffix in _ENDINGS and file.stem != DEFAULTS_NAME]
        for one, other in pairwise(files):
            if (one.parent, one.stem) == (other.parent, other.stem):
                raise MedallionContractError(
                    "MED344", "two files for one contract", Position(self._shown(other)), found=self._shown(one)
                )
        return tuple(files)

    def load(self, file: Path) -> Contract:
        """The contract in `file`; everything wrong with it raises MedallionContractError with its place."""
        path = self._shown(file)
        return place_checked(build_contract(self.node(file), path))

    def node(self, file: Path) -> MapNode:
        """The merged contract in short form, every value at the place it came from."""
        path = self._shown(file)
        return cast(MapNode, merged(read_nodes(_text(file, path), path), self._around(file.parent.name)))

    def stated(self, file: Path) -> tuple[Stated, ...]:
        """Every value of the merged contract with the place it came from; a contract that is wrong is refused."""
        node = self.node(file)
        return stated_values(node, place_checked(build_contract(node, self._shown(file))))

    def raw(self, file: Path) -> Node:
        """What the file alone says, in its own spelling."""
        path = self._shown(file)
        return read_nodes(_text(file, path), path)

    def overlaid_targets(self) -> tuple[str, ...]:
        """The targets that some file has an overlay for."""
        nodes = [*self.around.defaults, *self.layer_defaults.values()]
        nodes += [cast(MapNode, self.raw(file)) for file in self.files() if "targets" in _text(file, self._shown(file))]
        return tuple(dict.fromkeys(name for node in nodes for name in _target_names(node)))

    def _around(self, layer: str) -> Surroundings:
        own = self.layer_defaults.get(layer)
        return replace(self.around, defaults=(*self.around.defaults, own)) if own else self.around

    def _shown(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()


def open_contracts(root: Path, target: str | None = None) -> ContractFolder:
    """The folder `contracts/` of a project with its defaults; a target that the bundle does not have is MED340."""
    targets = contract_targets(root)
    if target is not None and targets and target not in targets:
        raise MedallionContractError(
            "MED340", f"there is no target {target}", Position("databricks.yml"), found=target,
            expected=", ".join(targets),
        )  # fmt: skip
    project = _defaults(root, root / "contracts", targets)
    layers = {file.parent.name: file.parent for file in (root / "contracts").glob(f"*/{DEFAULTS_NAME}.yml")}
    own = {name: _defaults(root, folder, targets) for name, folder in layers.items()}
    return ContractFolder(
        root,
        Surroundings(target, targets, (project,) if project else ()),
        {name: node for name, node in own.items() if node},
    )


def contract_targets(root: Path) -> tuple[str, ...]:
    """The names of the targets in databricks.yml and the files it includes; empty without one, or unreadable."""
    bundle = _bundle_file(root / "databricks.yml")
    if bundle is None:
        return ()
    names = _target_names(bundle)
    include = bundle.get("include")
    patterns = getattr(include.value, "items", ()) if include else ()
    for pattern in patterns:
        for file in sorted(root.glob(scalar(pattern).text)):
            part = _bundle_file(file) if "targets:" in file.read_text(encoding="utf-8", errors="replace") else None
            names += _target_names(part) if part else []
    return tuple(dict.fromkeys(name for name in names if name != "<<"))


def _target_names(node: MapNode) -> list[str]:
    """The keys under `targets` of a bundle, a contract or defaults."""
    found = node.get("targets")
    return [one.key for one in found.value.entries] if found and isinstance(found.value, MapNode) else []


def read_nodes(text: str, path: str) -> Node:
    """The nodes of a contract's text, JSON where the path ends so."""
    return read_yaml(as_yaml(text, path) if path.endswith(".json") else text, path)


def place_checked(contract: Contract) -> Contract:
    """The contract, refused where it stands in a folder `contracts/` at another place than its table says."""
    path = PurePosixPath(contract.path)
    expected = f"contracts/{contract.layer}/{contract.name}"
    if path.parts[0] == "contracts" and path.with_suffix("").as_posix() != expected:
        raise MedallionContractError(
            "MED311",
            f"a contract of {contract.table} in another place",
            contract.position,
            found=contract.path,
            expected=f"{expected}{path.suffix}",
        )
    return contract


def parse_contract(text: str, path: str, around: Surroundings = ALONE) -> Contract:
    """The contract that `text` states in its surroundings."""
    return place_checked(build_contract(merged(read_nodes(text, path), around), path))


def _defaults(root: Path, folder: Path, targets: tuple[str, ...]) -> MapNode | None:
    file = folder / f"{DEFAULTS_NAME}.yml"
    if not file.is_file():
        return None
    path = file.relative_to(root).as_posix()
    return check_defaults(read_yaml(_text(file, path), path), targets)


def _text(file: Path, path: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MedallionContractError("MED301", "not readable as UTF-8", Position(path), found=error.reason) from None


def _bundle_file(file: Path) -> MapNode | None:
    """A file of the bundle, None where it is not there or not readable: the bundle's own reader says why."""
    try:
        node = read_yaml(file.read_text(encoding="utf-8", errors="replace"), file.name)
    except (OSError, MedallionContractError):
        return None
    return node if isinstance(node, MapNode) else None
