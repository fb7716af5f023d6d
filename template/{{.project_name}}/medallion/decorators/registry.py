"""What decorators declared: which function, where, with which settings, and which datasets come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import MedallionContractError, Position
from ..model.contract import Contract
from .making import Making
from .settings import Use

Standing = Literal["alone", "under a dataset decorator"]


@dataclass(frozen=True)
class Declared:
    """One decorated function. Contract and datasets are made when they are asked for, and may raise then."""

    making: Making

    @property
    def name(self) -> str:
        """The full name of the function's own dataset."""
        return self.making.reading.names.full()

    @property
    def function(self) -> str:
        """The function's name."""
        return self.making.reading.function_name

    @property
    def position(self) -> Position:
        """Where the function stands, its first decorator."""
        return self.making.reading.position

    @property
    def standing(self) -> Standing:
        """Whether a decorator above makes the function's own dataset."""
        return "under a dataset decorator" if self.making.reading.above else "alone"

    @property
    def layer(self) -> str | None:
        """The layer, as decorators or the contract of `config_path` state it."""
        return self.making.reading.layer

    @property
    def is_stream(self) -> bool:
        """Whether the function's rows are a stream."""
        return self.making.reading.is_stream

    @property
    def decorators(self) -> tuple[Use, ...]:
        """The decorators from top to bottom."""
        return tuple(sorted(self.making.reading.uses, key=lambda use: use.position.line))

    @property
    def settings(self) -> Mapping[str, object]:
        """What the decorators say together."""
        return self.making.reading.settings

    @property
    def properties(self) -> Mapping[str, str]:
        """The table properties that carry what only later work acts on."""
        return self.making.reading.properties

    @property
    def contract(self) -> Contract | None:
        """The contract; None when nothing is said of the rows."""
        return self.making.composed.contract if self.making.composed else None

    @property
    def datasets(self) -> tuple[str, ...]:
        """The names of all datasets, the function's own first."""
        return self.making.datasets


@dataclass
class Registry:
    """Every decorated function of the running program."""

    _declared: dict[tuple[str, str], Declared] = field(default_factory=dict)
    _makers: dict[str, Declared] = field(default_factory=dict)

    def add(self, declared: Declared) -> None:
        """Keep what is declared; the same function of the same file takes its own place again."""
        self._declared[declared.name.lower(), declared.position.path] = declared

    def claim(self, declared: Declared) -> None:
        """Keep the names of its datasets; one that another function makes is an error with both places."""
        for dataset in declared.datasets:
            other = self._makers.get(dataset.lower(), declared)
            if (other.position, other.name) != (declared.position, declared.name):
                raise MedallionContractError(
                    "MED386",
                    f"two functions make {dataset}",
                    declared.position,
                    found=declared.function,
                    expected=f"another name than {other.function} has at {other.position}",
                )
            self._makers[dataset.lower()] = declared

    def find(self, name: str) -> Declared | None:
        """What makes the dataset of this name, the last one declared; None when no decorated function does."""
        found = [one for one in self if one.name.lower() == name.lower()]
        return found[-1] if found else None

    def making(self, dataset: str) -> Declared | None:
        """The function that makes this dataset, a quarantine or history too."""
        wanted = dataset.lower()
        return next((one for one in self if wanted in (name.lower() for name in one.datasets)), None)

    def contracts(self) -> tuple[Contract, ...]:
        """The contracts that decorators make."""
        return tuple(one.contract for one in self if one.contract is not None)

    def check(self) -> None:
        """Make every contract and plan every dataset; what is wrong with one raises, as it would in a pipeline."""
        for one in self:
            self.claim(one)

    def clear(self) -> None:
        """Forget everything, as a test does before it imports a module again."""
        self._declared.clear()
        self._makers.clear()

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared.values())

    def __len__(self) -> int:
        return len(self._declared)


REGISTRY = Registry()
