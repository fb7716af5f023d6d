"""The plan from a git revision to the files as they are now."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from medallion_toolkit.errors import ConfigError, MedallionError, Place, Problems, did_you_mean
from medallion_toolkit.graph.project import Project, load_project
from medallion_toolkit.plan.comparison import compare
from medallion_toolkit.plan.contract_changes import contract_changes
from medallion_toolkit.plan.costs import Figures, local_figures, with_costs
from medallion_toolkit.plan.lineage import Lineage
from medallion_toolkit.plan.model import EFFECTS, NEEDS_ALLOW, ConsequencePlan, Effect, ResourceChange
from medallion_toolkit.plan.resources import WHOLE, bundle_changes
from medallion_toolkit.plan.shapes import shapes_of
from medallion_toolkit.project.bundle import Bundle, load_bundle
from medallion_toolkit.project.pyproject import PYPROJECT, tool_settings
from medallion_toolkit.project.revisions import files_at

OTHER_INTERFACE = "MED261"


def plan_since(
    root: Path,
    revision: str,
    target: str | None,
    allow: tuple[str, ...],
    figures: Mapping[str, Figures] | None = None,
) -> ConsequencePlan:
    """What changes between `revision` and the files of `root`; errors of either state are raised.

    Costs rest on `figures`, else on the local runs that are kept. Without a target the resources of all are compared.
    """
    after = load_project(root, target)
    with files_at(root, revision) as folder:
        before = load_revision(folder, root, target)
        found = compare(before, after, revision, allow, needing_allow(root))
        contracts, unread = contract_changes(root, folder, revision, after.bundle.target or None)
        others, unknown = other_targets(before.bundle, after.bundle, found.resources) if target is None else ((), ())
    plan = replace(
        found,
        contracts=contracts,
        resources=(*found.resources, *others),
        unread=(*found.unread, *unread, *unknown),
    )
    return with_costs(plan, local_figures(root) if figures is None else figures, stored_inputs(after, plan))


def stored_inputs(project: Project, plan: ConsequencePlan) -> dict[str, tuple[str, ...]]:
    """The tables that each new dataset of a plan reads."""
    lineage, shapes = Lineage(project), shapes_of(project)
    return {one.name: lineage.stored_inputs(one.name, shapes) for one in plan.datasets if one.effect == "new"}


def other_targets(
    before: Bundle, after: Bundle, told: Iterable[ResourceChange]
) -> tuple[tuple[ResourceChange, ...], tuple[str, ...]]:
    """Changes of resources that only targets besides the plan's have, and targets that cannot be read."""
    known = {(one.resource, one.field, one.before, one.after) for one in told}
    found: list[ResourceChange] = []
    unread: list[str] = []
    for target in dict.fromkeys((*before.targets, *after.targets)):
        if target not in before.targets or target not in after.targets:
            state = (None, "new") if target in after.targets else ("there", None)
            found.append(ResourceChange(f"targets.{target}", WHOLE, *state))
        elif target != after.target:
            try:
                changes = bundle_changes(load_bundle(before.root, target), load_bundle(after.root, target))
                found += [
                    replace(one, target=target)
                    for one in changes
                    if (one.resource, one.field, one.before, one.after) not in known
                ]
            except MedallionError as error:
                unread.append(f"resources of target {target}: {error.code} {error.message}")
    return tuple(found), tuple(unread)


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
