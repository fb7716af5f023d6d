"""The plan from a git revision to the files as they are now."""

from __future__ import annotations

import shutil
from pathlib import Path

from medallion_toolkit.errors import ConfigError, MedallionError, Place, Problems, did_you_mean
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.model import EFFECTS, NEEDS_ALLOW, ConsequencePlan, Effect
from medallion_toolkit.project.pyproject import PYPROJECT, tool_settings
from medallion_toolkit.project.revisions import files_at

OTHER_INTERFACE = "MED261"


def plan_since(root: Path, revision: str, target: str | None, allow: tuple[str, ...]) -> ConsequencePlan:
    """What changes between `revision` and the files of `root`; errors of either state are raised."""
    after = load_project(root, target)
    with files_at(root, revision) as folder:
        before = load_revision(folder, root, target)
        return compare(before, after, revision, allow, needing_allow(root))


def load_revision(folder: Path, root: Path, target: str | None) -> Project:
    """The project of an earlier revision in `folder`.

    Helper modules of an interface that this toolkit does not speak are replaced by those of `root`: contracts
    and SQL of the revision are then read as today's modules read them.
    """
    try:
        return load_project(folder, target)
    except MedallionError as error:
        found = error.errors if isinstance(error, Problems) else (error,)
        if OTHER_INTERFACE not in {one.code for one in found}:
            raise
    shutil.rmtree(folder / "medallion")
    shutil.copytree(root / "medallion", folder / "medallion")
    return load_project(folder, target)


def needing_allow(root: Path) -> tuple[Effect, ...]:
    """Effects that need --allow: `[tool.medallion.plan] needs_allow` of pyproject.toml, else the grave ones."""
    stated = tool_settings(root, "plan").get("needs_allow")
    if stated is None:
        return NEEDS_ALLOW
    named = stated if isinstance(stated, list) else [stated]
    for effect in named:
        if effect not in EFFECTS:
            raise ConfigError(
                "MED140",
                f"needs_allow names {effect}, which is no effect of a change",
                place=Place(PYPROJECT),
                found=str(effect),
                expected=", ".join(EFFECTS),
                help=did_you_mean(str(effect), EFFECTS),
            )
    return tuple(effect for effect in EFFECTS if effect in named)
