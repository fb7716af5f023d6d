"""What the working tree would do to a target: compared with the release that runs there, and with its resources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from medallion_toolkit.deployment.destination import Destination
from medallion_toolkit.deployment.planning import PlannedChange, plan_deployment
from medallion_toolkit.deployment.updates.figures import newest_figures
from medallion_toolkit.errors import RunError
from medallion_toolkit.plan.loading import plan_since
from medallion_toolkit.plan.model import ConsequencePlan


@dataclass(frozen=True)
class DeployedPlan:
    """The consequences for datasets since the running release, and what a deployment would do to resources now."""

    consequences: ConsequencePlan
    resources: tuple[PlannedChange, ...]

    def lines(self) -> list[str]:
        """The resources as text, a line each."""
        target = self.consequences.target
        if not self.resources:
            return [f"a deployment to {target} changes no resource"]
        return [
            f"a deployment to {target} changes {len(self.resources)} resources:",
            *(one.line for one in self.resources),
        ]


def plan_since_release(root: Path, target: str, allow: tuple[str, ...]) -> DeployedPlan:
    """Reads the workspace only. RunError when nothing was released to the target.

    Costs rest on the newest update of each pipeline.
    Fields of resources come from the CLI's plan, which compares with what the workspace has, not from two commits.
    """
    to = Destination(root, target, f"medallion deploy -t {target}")
    release = to.releases.current()
    if release is None:
        raise RunError(
            "MED731",
            f"nothing was ever released to {target}: there is nothing to compare with",
            next=to.command,
        )
    found = plan_since(root, release.commit, target, allow, newest_figures(to.signed_in))
    return DeployedPlan(replace(found, base=release.id, resources=()), plan_deployment(to).changes)
