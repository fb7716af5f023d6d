"""A release: a record of one deployment that nothing changes afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Release:
    """One deployment of one target.

    `files` are the checksums of everything that was deployed, `bundle` the rendered configuration, `plan` the
    resources it changed, `contracts` the version of each contract, `base` the release that ran there before.
    """

    id: str
    target: str
    commit: str
    created: str
    by: str
    files: Mapping[str, str]
    bundle: Json
    plan: tuple[str, ...]
    contracts: Mapping[str, str]
    tools: Mapping[str, str]
    base: str | None = None
    promoted_from: str | None = None

    def text(self) -> str:
        """The record as it is stored."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @classmethod
    def read(cls, text: str) -> Release:
        """The release of a stored record."""
        raw = json.loads(text)
        return cls(**{**raw, "plan": tuple(raw["plan"])})


@dataclass(frozen=True)
class Passed:
    """That a release did its work in its target: when, and what was looked at."""

    release: str
    at: str
    by: str
    checks: tuple[str, ...] = field(default_factory=tuple)

    def text(self) -> str:
        """The record as it is stored."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @classmethod
    def read(cls, text: str) -> Passed:
        """The record of a stored text."""
        raw = json.loads(text)
        return cls(**{**raw, "checks": tuple(raw["checks"])})


@dataclass(frozen=True)
class Difference:
    """What two releases do not have in common."""

    files: Mapping[str, str]
    contracts: Mapping[str, tuple[str | None, str | None]]
    commits: tuple[str, str]


def differing_files(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Paths whose checksums are not the same on both sides, those of one side only among them."""
    return [path for path in sorted({*one, *other}) if one.get(path) != other.get(path)]


def difference(before: Release, after: Release) -> Difference:
    """Files added, removed and changed, and contracts of another version."""
    files = {
        path: "added" if path not in before.files else "removed" if path not in after.files else "changed"
        for path in differing_files(before.files, after.files)
    }
    contracts = {
        name: (before.contracts.get(name), after.contracts.get(name))
        for name in sorted({*before.contracts, *after.contracts})
        if before.contracts.get(name) != after.contracts.get(name)
    }
    return Difference(files, contracts, (before.commit, after.commit))
