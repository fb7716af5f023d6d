"""Where the dataset of a decorated function lies and whether it is a stream: from decorators, contract and source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import unwrap
from types import CodeType

from ..errors import MedallionContractError, Position, did_you_mean
from .composing import Base
from .datasets import Names
from .spelling import Above

LAYERS = ("bronze", "silver", "gold")
_READS_STREAM = ("readStream", "read_stream")
_STREAM_IN_SQL = re.compile(r"\bSTREAM\b", re.IGNORECASE)


def layer_of(dataset: Mapping[str, str], base: Base | None, position: Position) -> str | None:
    """The layer that decorators state, else the contract's; both must be the same."""
    layer = dataset.get("layer")
    if layer is not None and layer not in LAYERS:
        raise MedallionContractError(
            "MED381",
            "there is no such layer",
            position,
            found=layer,
            expected=", ".join(LAYERS),
            help=did_you_mean(layer, LAYERS),
        )
    if base is not None and layer is not None and layer != base.layer:
        raise _differs("the layer", layer, f"{base.layer}, as in {base.path}", position)
    return layer or (base.layer if base else None)


def names_of(
    dataset: Mapping[str, str], base: Base | None, above: Above | None, function: str, position: Position
) -> Names:
    """The dataset's name: that of the dataset decorator above, of `name=`, of the contract, of the function."""
    schema, _, stated = dataset.get("name", base.name if base else "").rpartition(".")
    schema = schema or dataset.get("schema", "")
    if above is None or above.name is None:
        return Names(stated or function, schema or None)
    if above.name == "" and not stated:
        raise MedallionContractError(
            "MED385",
            f"the name of the dataset of {function} is not known before the pipeline runs",
            position,
            found="name= with a call in it",
            expected="a text, or variables",
            help="say name= in the layer's decorator too: its quarantine and history are named after it",
        )
    written_schema, _, written = above.name.rpartition(".")
    if written and stated and written not in (stated, stated.removeprefix(f"{base.layer}_" if base else "")):
        raise _differs("the name", written, stated, position)
    return Names(written or stated, written_schema or schema or None)


def is_streaming(dataset: Mapping[str, str], above: Above | None, function: object) -> bool:
    """Whether rows come as a stream: as stated, as the decorator above makes it, else as the function reads."""
    if "streaming" in dataset:
        return dataset["streaming"] == "true"
    kind = above.kind if above else ""
    if kind == "pipelines.table":
        return True
    return not kind.endswith("materialized_view") and _mentions_stream(getattr(unwrap_any(function), "__code__", None))


def unwrap_any(function: object) -> object:
    """The function itself, below whatever wraps it."""
    return unwrap(function) if callable(function) else function


def _mentions_stream(code: object) -> bool:
    if not isinstance(code, CodeType):
        return False
    texts = [one for one in code.co_consts if isinstance(one, str)]
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    reads = any(name in code.co_names for name in _READS_STREAM)
    return reads or any(_STREAM_IN_SQL.search(text) for text in texts[1:]) or any(map(_mentions_stream, inner))


def _differs(what: str, found: str, expected: str, position: Position) -> MedallionContractError:
    return MedallionContractError(
        "MED383", f"{what} of a dataset is stated twice and differs", position, found=found, expected=expected
    )
