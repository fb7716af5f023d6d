"""What the decorators of one function say, put together; nothing is compiled yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import cast

from ..errors import MedallionContractError
from ..yaml_files.positions import MapNode
from .composing import Base, read_base
from .placing import is_streaming, layer_of, names_of, unwrap_any
from .saying import Said, as_value, node_of, plain, said, together
from .settings import Function, Site, Use
from .spelling import Above

_HELP = {
    "layer": "add @bronze(), @silver() or @gold()",
    "keys": 'say which columns identify a row: keys=["…"]',
    "rules": "add @validate(rules=[…])",
}


class Reading:
    """One function under its decorators; `above` is the dataset decorator that makes the function's own dataset."""

    def __init__(self, function: Function, decorators: Sequence[Use], above: Above | None) -> None:
        self.function, self.above = function, above
        self.function_name = str(getattr(function, "__name__", "function"))
        self.uses = tuple(sorted(decorators, key=lambda use: use.order))
        code = getattr(unwrap_any(function), "__code__", None)
        file = code.co_filename if code else ""
        self.position = Site(0, file, code.co_firstlineno).position if code else self.uses[0].position
        self.properties = _texts((use.settings.properties, use) for use in self.uses)
        self.dataset = _texts((use.settings.dataset, use) for use in self.uses)
        self.base = self._base(file)
        self.layer = layer_of(self.dataset, self.base, self.position)
        self._refuse_missing()
        self.names = names_of(self.dataset, self.base, above, self.function_name, self.position)
        self.is_stream = is_streaming(self.dataset, above, function)

    @cached_property
    def said(self) -> Said:
        """What the decorators say of the contract."""
        return together(said(use.settings.contract, use.position) for use in self.uses)

    @property
    def settings(self) -> dict[str, object]:
        """Everything that is said, as plain values."""
        return {**self.dataset, **cast("dict[str, object]", as_value(self.said.node))}

    @property
    def table_properties(self) -> dict[str, str]:
        """What tables that come of the function are marked with."""
        written = ", ".join(dict.fromkeys(use.name for use in self.uses))
        return {"medallion.decorators": written, **self.properties}

    @property
    def about(self) -> str:
        """What the table is: stated, or the first line of the function's documentation."""
        stated = self.said.node.get("description")
        return plain(stated.value) if stated else self.documented or f"Made by {self.position.path}."

    @property
    def documented(self) -> str | None:
        """The first line of the function's documentation."""
        lines = (self.function.__doc__ or "").strip().splitlines()
        return lines[0].strip() if lines else None

    def _base(self, file: str) -> Base | None:
        path = self.dataset.get("config_path")
        return read_base(path, file, self.position) if path else None

    def _refuse_missing(self) -> None:
        stated = {key for use in self.uses for key in use.settings.contract}
        stated |= {one.key for one in self.base.node.entries} if self.base else set()
        has = {use.name for use in self.uses} | (stated & {"keys", "rules"}) | ({"layer"} if self.layer else set())
        has |= {"rules"} if stated & {"columns", "validation"} else set()
        needed = [(need, use) for use in self.uses for need in use.settings.needs]
        needed += [] if self.above else [("layer", self.uses[0])]
        for need, use in needed:
            if need not in has:
                raise MedallionContractError(
                    "MED382",
                    f"@{use.name} needs {need}",
                    use.position,
                    found=", ".join(f"@{one.name}" for one in self.uses),
                    expected=_HELP.get(need, f"add @{need}(…)"),
                )


def _texts(given: Iterable[tuple[Mapping[str, object], Use]]) -> dict[str, str]:
    """Settings that are single texts; two decorators that differ are refused."""
    nodes = [cast(MapNode, node_of(values, use.position)) for values, use in given if values]
    return {one.key: plain(one.value) for one in together(map(Said, nodes)).node.entries}
