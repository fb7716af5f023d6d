"""The sample's deliveries: the first is what `landing/` was born with, the later ones stand in `next/<day>/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SampleFile:
    """A file to deliver: `name` is its path below the landing folder."""

    name: str
    path: Path

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size


@dataclass(frozen=True)
class Delivery:
    """The files that arrive together."""

    day: str
    files: tuple[SampleFile, ...]


def later_deliveries(landing: Path) -> tuple[Delivery, ...]:
    """The days beside the landing folder, oldest first."""
    days = sorted(path for path in (landing.parent / "next").glob("*") if path.is_dir())
    return tuple(Delivery(day.name, _files(day)) for day in days)


def all_deliveries(landing: Path) -> tuple[Delivery, ...]:
    """First what the landing folder holds of its own, then the later days."""
    later = later_deliveries(landing)
    delivered_later = {file.name for delivery in later for file in delivery.files}
    first = tuple(file for file in _files(landing) if file.name not in delivered_later)
    return (Delivery("first day", first), *later) if first else later


def next_delivery(deliveries: tuple[Delivery, ...], is_there: Callable[[SampleFile], bool]) -> Delivery | None:
    """The first delivery of which a file is missing, cut down to the missing files."""
    for delivery in deliveries:
        missing = tuple(file for file in delivery.files if not is_there(file))
        if missing:
            return Delivery(delivery.day, missing)
    return None


def _files(folder: Path) -> tuple[SampleFile, ...]:
    found = (path for path in folder.rglob("*") if path.is_file())
    visible = (path for path in found if not path.relative_to(folder).as_posix().startswith((".", "_")))
    return tuple(
        SampleFile(path.relative_to(folder).as_posix(), path)
        for path in sorted(visible)
        if not path.name.startswith((".", "_"))
    )
