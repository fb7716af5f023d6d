"""What decorators declared: which function, where, with which settings, and which datasets come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..contract_model import Contract
from ..errors import MedallionContractError, Position
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
    """Every decorated function of the running program, by the name of its dataset."""

    _declared: dict[str, Declared] = field(default_factory=dict)
    _makers: dict[str, Declared] = field(default_factory=dict)

    def add(self, declared: Declared) -> None:
        """Keep what is declared; a dataset that two functions make is an error with both places."""
        self._keep(declared.name, declared)
        self._declared[declared.name.lower()] = declared

    def claim(self, name: str, datasets: Sequence[str]) -> None:
        """Keep the names of the datasets beside `name`, each of which only one function makes."""
        for dataset in datasets:
            self._keep(dataset, self._declared[name.lower()])

    def find(self, name: str) -> Declared | None:
        """What makes the dataset of this name, None when no decorated function does."""
        return self._declared.get(name.lower())

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
            self.claim(one.name, one.datasets)

    def clear(self) -> None:
        """Forget everything, as a test does before it imports a module again."""
        self._declared.clear()
        self._makers.clear()

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared.values())

    def __len__(self) -> int:
        return len(self._declared)

    def _keep(self, dataset: str, declared: Declared) -> None:
        other = self._makers.setdefault(dataset.lower(), declared)
        if other.position != declared.position or other.name != declared.name:
            raise MedallionContractError(
                "MED386",
                f"two functions make {dataset}",
                declared.position,
                found=declared.function,
                expected=f"another name than {other.function} has at {other.position}",
            )
        self._makers[dataset.lower()] = declared


REGISTRY = Registry()
