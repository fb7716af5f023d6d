"""One contract out of five layers: project defaults < layer defaults < contract < target < decorator.

What the target states stands over everything a file states for all targets, whichever file says it; among themselves
the overlays of a target follow the same order. Decorators amend the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from ..errors import MedallionContractError, did_you_mean
from ..yaml_files.node_building import filled, mapping, without
from ..yaml_files.positions import Entry, MapNode, Node, ScalarNode, map_at, scalar
from .long_form import short_form
from .merging import merge, merge_overlay, without_nothing
from .overlay_shapes import CONTRACT_FILE, DEFAULTS, TARGETS


@dataclass(frozen=True)
class Surroundings:
    """What a contract file does not say itself: the target it is read for, the defaults below it, weakest first.

    `targets` are the names that an overlay may have; empty means that nobody knows them.
    """

    target: str | None = None
    targets: tuple[str, ...] = ()
    defaults: tuple[MapNode, ...] = ()


ALONE = Surroundings()
_PLACES = {key.name: place for place, key in enumerate(CONTRACT_FILE.keys)}


def check_defaults(root: Node, targets: Sequence[str]) -> MapNode:
    """The defaults of a file, refused where they say what only a contract can."""
    DEFAULTS.check(without_nothing(root))
    node = cast(MapNode, root)
    _refuse_unknown_targets(node, targets)
    return node


def merged(root: Node, around: Surroundings = ALONE) -> Node:
    """The contract in short form as it holds in its surroundings; every value keeps the place it came from."""
    node = short_form(root)
    if not isinstance(node, MapNode) or not (around.defaults or node.get("targets")):
        return node
    _check_targets(node, around.targets)
    below = [_fitting(one, node) for one in around.defaults]
    result = mapping(node.position, ())
    for layer in below:
        result = merge(result, cast(MapNode, without_nothing(without(layer, "targets"))))
    result = merge(result, without(node, "targets"))
    result = MapNode(tuple(sorted(result.entries, key=_place)), node.position)
    overlays = [map_at(layer, "targets").get(around.target or "") for layer in (*below, node)]
    stated = [overlay.value for overlay in overlays if overlay is not None and isinstance(overlay.value, MapNode)]
    if stated:
        CONTRACT_FILE.check(result)
    for overlay in stated:
        result = merge_overlay(result, overlay)
    return result


def _place(one: Entry) -> int:
    """Where the key stands in the order of docs/contracts.md."""
    return _PLACES.get(one.key, len(_PLACES))


def _check_targets(node: MapNode, known: Sequence[str]) -> None:
    found = node.get("targets")
    if found is None:
        return
    TARGETS.shape.check(without_nothing(found.value))
    _refuse_unknown_targets(node, known)


def _refuse_unknown_targets(node: MapNode, known: Sequence[str]) -> None:
    for one in map_at(node, "targets").entries:
        if known and one.key not in known:
            raise MedallionContractError(
                "MED340",
                f"there is no target {one.key}",
                one.position,
                found=one.key,
                expected=", ".join(known),
                help=did_you_mean(one.key, known) or "the targets stand in databricks.yml",
            )


def _fitting(defaults: MapNode, contract: MapNode) -> MapNode:
    """Defaults without what does not fit: how rows are parted, where no rows are parted."""
    if contract.get("from") is not None:
        has_history = contract.get("history") is not None
        return without(defaults, "quarantine") if has_history else defaults
    entries = [_assertable(one) for one in without(defaults, "quarantine", "carry").entries]
    return mapping(defaults.position, entries)


def _assertable(found: Entry) -> Entry | None:
    """The default as it holds for a table that the contract only asserts."""
    if found.key == "targets":
        overlays = [
            filled(one.key, one.position, [_assertable(inner) for inner in cast(MapNode, one.value).entries])
            for one in cast(MapNode, found.value).entries
        ]
        return filled("targets", found.position, overlays)
    if found.key == "on_fail":
        return found if scalar(found.value).text in ("warn", "fail") else None
    if found.key == "limits" and isinstance(found.value, MapNode):
        is_general = [one for one in found.value.entries if one.key != "quarantined" and not _lacks_column(one)]
        return filled("limits", found.position, is_general)
    return found


def _lacks_column(found: Entry) -> bool:
    """Whether a freshness means the metadata column that only tables of a contract carry."""
    return found.key == "freshness" and isinstance(found.value, ScalarNode)
