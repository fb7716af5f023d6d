"""The plan from a git revision to the files as they are now."""

from __future__ import annotations

import tomllib
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, nearest
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.model import EFFECTS, NEEDS_ALLOW, ConsequencePlan, Effect
from medallion_toolkit.project.revisions import files_at


def plan_since(root: Path, revision: str, target: str | None, allow: tuple[str, ...]) -> ConsequencePlan:
    """What changes between `revision` and the files of `root`; errors of either state are raised."""
    after = load_project(root, target)
    with files_at(root, revision) as folder:
        before = load_project(folder, target)
        return compare(before, after, revision, allow, needing_allow(root))


def needing_allow(root: Path) -> tuple[Effect, ...]:
    """Effects that need --allow: `[tool.medallion.plan] needs_allow` of pyproject.toml, else the grave ones."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return NEEDS_ALLOW
    tool = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    stated = tool.get("medallion", {}).get("plan", {}).get("needs_allow")
    if stated is None:
        return NEEDS_ALLOW
    for effect in stated:
        if effect not in EFFECTS:
            close = nearest(str(effect), EFFECTS)
            raise ConfigError(
                "MED140",
                f"needs_allow names {effect}, which is no effect of a change",
                place=Place("pyproject.toml"),
                found=str(effect),
                expected=", ".join(EFFECTS),
                help=f"did you mean {close}?" if close else None,
            )
    return tuple(effect for effect in EFFECTS if effect in stated)
