"""`medallion deliver`: the next sample day into the landing folder, or into the landing volume of a target."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.sample_days import (
    Delivery,
    SampleFile,
    all_deliveries,
    later_deliveries,
    next_delivery,
)
from medallion_toolkit.errors import ConfigError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from medallion_toolkit.deployment.workspace import SignedIn
    from medallion_toolkit.project.bundle import Bundle

VOLUME = "landing"


@dataclass(frozen=True)
class Delivered:
    """What was copied and where to; no day and no files when nothing was left of `days` deliveries."""

    place: str
    day: str | None
    files: tuple[str, ...]
    bytes: int
    days: int

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {"place": self.place, "day": self.day, "files": list(self.files), "bytes": self.bytes, "days": self.days}

    def as_text(self) -> str:
        """For the terminal."""
        if self.days == 0:
            return "Nothing to deliver: the project has no sample files in fixtures/next/<day>/<source>/."
        if self.day is None:
            return f"Nothing left to deliver: {self.place} has every sample file."
        lines = [f"  {name}" for name in self.files]
        return "\n".join([f"{self.day} → {self.place}", *lines, f"{len(self.files)} files, {self.bytes:,} bytes"])


def deliver_here(bundle: Bundle) -> Delivered:
    """Copy the next day into the local landing folder; each file appears there whole or not at all."""
    landing = landing_folder(bundle)
    deliveries = later_deliveries(landing)
    delivery = next_delivery(deliveries, lambda file: _is_in(landing, file))
    for file in delivery.files if delivery else ():
        _copy(file.path, landing / file.name)
    return _delivered(_shown(landing, bundle.root.resolve()), deliveries, delivery)


def deliver_to(target: SignedIn) -> Delivered:
    """Upload the next day into the landing volume of a development target."""
    from medallion_toolkit.deployment.volume import Volume

    _refuse_other_modes(target.bundle)
    deliveries = all_deliveries(landing_folder(target.bundle))
    volume = Volume(target.client, target.bundle.volumes[VOLUME])
    there = volume.files()
    delivery = next_delivery(deliveries, lambda file: there.get(file.name) == file.size)
    files = delivery.files if delivery else ()
    for file in files:
        _refuse_other_file(there, file, volume.path)
    for file in files:
        volume.upload(file.name, file.path)
    return _delivered(volume.path, deliveries, delivery)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    hidden = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, hidden)
    hidden.replace(target)


def _shown(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _refuse_other_modes(bundle: Bundle) -> None:
    if bundle.mode != "development":
        raise UsageError(
            "MED701",
            f"{bundle.target} is no development target; sample files stay out of it",
            found=f"mode: {bundle.mode}",
            expected="mode: development",
            next="medallion deliver -t dev",
        )


def landing_folder(bundle: Bundle) -> Path:
    """The local folder that stands for the landing volume."""
    if VOLUME not in bundle.local.volumes:
        raise ConfigError(
            "MED120",
            "no local folder stands for the volume landing",
            found=", ".join(bundle.local.volumes) or "no volume",
            expected='volumes.landing = "fixtures/landing" under [tool.medallion.local] of pyproject.toml',
        )
    return bundle.local.volumes[VOLUME].resolve()


def _is_in(landing: Path, file: SampleFile) -> bool:
    target = landing / file.name
    if not target.is_file():
        return False
    if target.read_bytes() != file.path.read_bytes():
        raise UsageError(
            "MED702",
            "another file of this name is in the landing folder; nothing was copied",
            found=str(target),
            expected=f"no file, or the same as {file.path}",
        )
    return True


def _refuse_other_file(there: Mapping[str, int], file: SampleFile, place: str) -> None:
    if file.name in there:
        raise WorkspaceError(
            "MED702",
            "another file of this name is in the volume; nothing was uploaded",
            found=f"{place}/{file.name}, {there[file.name]:,} bytes",
            expected=f"no file, or one of {file.size:,} bytes",
        )


def _delivered(place: str, deliveries: Sequence[Delivery], delivery: Delivery | None) -> Delivered:
    files = delivery.files if delivery else ()
    return Delivered(
        place=place,
        day=delivery.day if delivery else None,
        files=tuple(file.name for file in files),
        bytes=sum(file.size for file in files),
        days=len(deliveries),
    )
