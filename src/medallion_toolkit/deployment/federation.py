"""Sign-in of a GitHub repository without a secret: the commands an account administrator runs once for a target.

Issuer, audience and subject as in Databricks' documentation of workload identity federation for GitHub Actions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import ConfigError, UsageError
from medallion_toolkit.generate.delivery_steps import PULL_REQUEST, environments_of
from medallion_toolkit.project.bundle import load_bundle

ISSUER = "https://token.actions.githubusercontent.com"
REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}(?::[A-Za-z0-9_-]{1,60})?")
APPLICATION = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
OWN_HOST = "https://YOUR-WORKSPACE"


@dataclass(frozen=True)
class Federation:
    """Which GitHub environments of a repository may sign in to a target, and as whom."""

    target: str
    repository: str
    principal: str
    environments: tuple[str, ...]
    host: str | None

    @property
    def audience(self) -> str:
        """What the workflows ask GitHub to write into the token: the owner's address."""
        return f"https://github.com/{self.repository.partition('/')[0]}"

    def policy(self, environment: str) -> dict[str, object]:
        """The request: tokens of exactly this environment of this repository."""
        subject = f"repo:{self.repository}:environment:{environment}"
        return {"oidc_policy": {"issuer": ISSUER, "audiences": [self.audience], "subject": subject}}

    def as_dict(self) -> dict[str, object]:
        """For `--json`: the policies and the script."""
        return {
            "target": self.target,
            "principal": self.principal,
            "policies": {name: self.policy(name) for name in self.environments},
            "script": self.script(),
        }

    def script(self) -> str:
        """Lines for a shell: the policies, then the variables of the environments."""
        several = len(self.environments) > 1
        names = f"environment{'s' if several else ''} {' and '.join(self.environments)} of {self.repository}"
        wanted = f"'applicationId eq \"{self.principal}\"'"
        lines = [
            f"# Target {self.target}: the {names} {'sign' if several else 'signs'} in as {self.principal}.",
            "# Run once, signed in as an account administrator (databricks auth login --host ACCOUNT-CONSOLE).",
            _protection(self.environments),
            f"SP_ID=$(databricks account service-principals list --filter {wanted} -o json | jq -r '.[0].id')",
        ]
        for name in self.environments:
            body = json.dumps(self.policy(name))
            lines.append(f"databricks account service-principal-federation-policy create \"$SP_ID\" --json '{body}'")
        lines += ["", "# What the workflows read; none of it is secret."]
        for name in self.environments:
            where = f"--env {name} --repo {self.repository}"
            lines.append(f"gh variable set DATABRICKS_HOST {where} --body '{self.host or OWN_HOST}'")
            lines.append(f"gh variable set DATABRICKS_CLIENT_ID {where} --body '{self.principal}'")
        lines.append(f"gh variable set MEDALLION_DELIVERY --repo {self.repository} --body on")
        return "\n".join(lines) + "\n"


def federation_of(project: Path, target: str, repository: str, deployer: str | None) -> Federation:
    """The policies for a target's service principal: the named one, its run_as, or that of another target.

    `repository` is OWNER/REPO for the environments of the target, OWNER/REPO:ENVIRONMENT for one of them.
    """
    if not REPOSITORY.fullmatch(repository):
        raise UsageError(
            "MED764", f"{repository} is no repository of GitHub", found=repository, expected="OWNER/REPO[:ENVIRONMENT]"
        )
    name, _, environment = repository.partition(":")
    bundle = load_bundle(project, target)
    principal = deployer or _principal(project, (target, *bundle.targets)) or ""
    if not APPLICATION.fullmatch(principal):
        raise ConfigError(
            "MED764",
            f"a workflow signs in as a service principal, and {target} names none",
            found=principal or "no run_as",
            expected="an application id",
            next=f"medallion permissions -t {target} --federation {repository} --deployer APPLICATION-ID",
        )
    host = str(bundle.workspace.get("host") or "") or None
    return Federation(target, name, principal, (environment,) if environment else environments_of(target), host)


def _principal(project: Path, targets: Iterable[str]) -> str | None:
    named = (load_bundle(project, target).run_as for target in targets)
    return next((one for one in named if one and APPLICATION.fullmatch(one)), None)


def _protection(environments: tuple[str, ...]) -> str:
    if PULL_REQUEST in environments:
        return "# Every branch may sign in here: the service principal is one that may change nothing."
    return "# Only the branch main may use them." + (" prod waits for its reviewers." if "prod" in environments else "")
