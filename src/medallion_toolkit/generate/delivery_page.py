"""docs/delivery-elsewhere.md and delivery-azure.md: the same steps for GitLab CI and Azure DevOps."""

from __future__ import annotations

import json
from collections.abc import Iterable

from medallion_toolkit.generate.delivery_steps import WORKFLOWS, Job, Workflow

INSTALL = "pip install -r requirements-dev.txt"
CLI_VERSION = "1.12.1"
INSTALL_CLI = f"curl -fsSL https://raw.githubusercontent.com/databricks/setup-cli/v{CLI_VERSION}/install.sh | sh"
GITLAB_EVENTS = {
    "change": "$CI_PIPELINE_SOURCE == 'merge_request_event'",
    "main": "$CI_PIPELINE_SOURCE == 'push' && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    "night": "$CI_PIPELINE_SOURCE == 'schedule'",
    "hand": "$CI_PIPELINE_SOURCE == 'web' && $RELEASE",
}
INTRODUCTION = """The workflows of the template are GitHub's. These files run the same commands in the same order; a
test compares all three. They sign in without a stored secret and wait for a person before prod changes. Their syntax is
checked here, neither system has run them: read them as a beginning. `medallion comment` writes to GitHub only;
elsewhere it prints its text."""
GITLAB = """One file, `.gitlab-ci.yml`. Per environment the variables `DATABRICKS_HOST` and `DATABRICKS_CLIENT_ID`; the
federation policy's issuer is the GitLab server, its audience the root group's address, its subject
`project_path:GROUP/PROJECT:ref_type:branch:ref:main`. A merge request runs on its own branch, so the principal of
`ci-workspace`, one that may change nothing, is trusted by project: `"subject_claim": "project_path"` and the subject
`GROUP/PROJECT`. Protect the environment `prod` with approvals. `drift` wants a nightly schedule; `rollback` a pipeline
started by hand with the variables `TARGET` and `RELEASE`."""
AZURE = """A file per workflow. Per environment a variable group `medallion-ENVIRONMENT` with `DATABRICKS_HOST` and
`DATABRICKS_CLIENT_ID`; issuer, audience and subject of the policy: `https://vstoken.dev.azure.com/ORGANISATION-ID`,
`api://AzureADTokenExchange`, `p://ORGANISATION/PROJECT/PIPELINE`. The environment `prod` gets an approval, and every
environment an exclusive lock (`lockBehavior: sequential` waits instead of cancelling)."""


def delivery_pages(notice: str) -> dict[str, str]:
    """File name to text, each with the notice that it is generated below its title."""
    azures = [part for one in WORKFLOWS for part in (f"`azure/{one.name}.yml`", f"```yaml\n{azure(one)}```")]
    elsewhere = ["# Delivery with GitLab CI", notice, INTRODUCTION, GITLAB, f"```yaml\n{gitlab(WORKFLOWS)}```"]
    return {
        "delivery-elsewhere.md": "\n\n".join([*elsewhere, "Azure DevOps: [delivery-azure.md](delivery-azure.md).\n"]),
        "delivery-azure.md": "\n\n".join(["# Delivery with Azure DevOps", notice, INTRODUCTION, AZURE, *azures]) + "\n",
    }


def gitlab(workflows: Iterable[Workflow]) -> str:
    """`.gitlab-ci.yml` with the jobs of all workflows."""
    lines = [
        "stages: [ci, deploy, drift, rollback]",
        "variables: {GIT_DEPTH: 0}",
        "default:",
        "  image: python:3.12",
        f"  before_script: [{_word(INSTALL)}, {_word(INSTALL_CLI)}]",
        ".sign-in:",
        "  variables: {DATABRICKS_AUTH_TYPE: env-oidc}",
        "  id_tokens: {DATABRICKS_OIDC_TOKEN: {aud: $CI_SERVER_URL/$CI_PROJECT_ROOT_NAMESPACE}}",
    ]
    for workflow in workflows:
        before: Job | None = None
        for job in workflow.jobs:
            lines += _gitlab_job(workflow, job, before)
            before = job if workflow.in_sequence else None
    return "\n".join(lines) + "\n"


def _gitlab_job(workflow: Workflow, job: Job, before: Job | None) -> list[str]:
    when = ", when: manual" if job.approval else ""
    lines = [f"{_gitlab_key(workflow, job)}:", f"  stage: {workflow.name}"]
    lines.append(f"  rules: [{{if: {_word(GITLAB_EVENTS[workflow.event])}{when}}}]")
    if job.environment:
        lines += ["  extends: .sign-in", f"  environment: {job.environment}"]
    if job.target:
        lines.append(f"  resource_group: target-{job.target}")
    if before:
        lines.append(f"  needs: [{_gitlab_key(workflow, before)}]")
    if job.java:
        lines.append("  image: YOUR-IMAGE   # Python 3.12 and Java 17")
    named = [name for name in _GITLAB_VALUES if any(f"${name}" in one for one in job.commands)]
    if named:
        lines.append(f"  variables: {{{', '.join(f'{name}: {_GITLAB_VALUES[name]}' for name in named)}}}")
    if set(job.tolerated) >= set(job.commands):
        lines.append("  allow_failure: true")
    last = [one for one in job.always if one.startswith("medallion comment ")]
    lines += ["  script:", *(f"    - {_word(one)}" for one in job.commands if one not in last)]
    if last:
        lines += ["  after_script:", f"    - {_word(INSTALL)}", *(f"    - {_word(one)}" for one in last)]
    if job.saves:
        lines.append(f"  artifacts: {{when: always, paths: [{', '.join(job.saves)}]}}")
    return lines


_GITLAB_VALUES = {"BASE": "origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "NOTE": "''"}


def _gitlab_key(workflow: Workflow, job: Job) -> str:
    return job.key if job.key == workflow.name else f"{workflow.name}-{job.key}"


def azure(workflow: Workflow) -> str:
    """The pipeline file of one workflow."""
    lines = [*_AZURE_EVENTS[workflow.event], "pool: {vmImage: ubuntu-24.04}", "jobs:"]
    before: Job | None = None
    for job in workflow.jobs:
        lines += _azure_job(job, before)
        before = job if workflow.in_sequence else None
    return "\n".join(lines) + "\n"


_AZURE_EVENTS = {
    "change": ["trigger: none", "pr: [main]"],
    "main": ["trigger: {branches: {include: [main]}, batch: true}", "pr: none", "lockBehavior: sequential"],
    "night": [
        "trigger: none",
        "pr: none",
        'schedules: [{cron: "17 3 * * *", displayName: nightly, branches: {include: [main]}, always: true}]',
    ],
    "hand": [
        "trigger: none",
        "pr: none",
        "lockBehavior: sequential",
        "parameters:",
        "  - {name: target, type: string, values: [prod, staging, dev]}",
        "  - {name: release, type: string}",
    ],
}


def _azure_job(job: Job, before: Job | None) -> list[str]:
    environment = (job.environment or "").replace("$TARGET", "${{ parameters.target }}")
    key = job.key.replace("-", "_")
    lines = [f"  - deployment: {key}" if job.target else f"  - job: {key}"]
    if before:
        lines.append(f"    dependsOn: {before.key.replace('-', '_')}")
    if environment:
        auth = "{name: DATABRICKS_AUTH_TYPE, value: azure-devops-oidc}"
        lines.append(f"    variables: [{{group: {_word(f'medallion-{environment}')}}}, {auth}]")
    if job.target:
        lines += [f"    environment: {_word(environment)}", "    strategy: {runOnce: {deploy: {steps: ["]
        return [*lines, *(f"      {step}," for step in _azure_steps(job)), "    ]}}}"]
    return [*lines, "    steps:", *(f"      - {step}" for step in _azure_steps(job))]


def _azure_steps(job: Job) -> list[str]:
    steps = ["{checkout: self, fetchDepth: 0, persistCredentials: false}", f"{{script: {_word(INSTALL)}}}"]
    steps.append(f"{{script: {_word(INSTALL_CLI)}}}")
    for file in job.takes:
        steps += [f"{{download: current, artifact: {_artifact(file)}}}", f"{{script: {_word(_fetched(file))}}}"]
    waiting = list(job.saves)
    for command in job.commands:
        steps.append(f"{{script: {_word(command)}{_azure_condition(job, command)}{_azure_variables(job, command)}}}")
        made = [file for file in waiting if file in command]
        waiting = [file for file in waiting if file not in made]
        steps += [_published(file) for file in made]
    return [*steps, *map(_published, waiting)]


def _published(file: str) -> str:
    return f"{{publish: {file}, artifact: {_artifact(file)}, condition: always()}}"


_AZURE_VALUES = {
    "TARGET": "${{ parameters.target }}",
    "RELEASE": "${{ parameters.release }}",
    "BASE": "origin/$(System.PullRequest.TargetBranchName)",
    "NOTE": "",
}


def _azure_condition(job: Job, command: str) -> str:
    if command in job.always:
        return ", condition: not(canceled())"
    return ", continueOnError: true" if command in job.tolerated else ""


def _azure_variables(job: Job, command: str) -> str:
    given = {}
    if job.environment:
        given["SYSTEM_ACCESSTOKEN"] = "$(System.AccessToken)"
    given |= {name: value for name, value in _AZURE_VALUES.items() if f"${name}" in command}
    return f", env: {{{', '.join(f'{name}: {_word(value)}' for name, value in given.items())}}}" if given else ""


def _artifact(file: str) -> str:
    return file.rpartition("/")[2].partition(".")[0]


def _fetched(file: str) -> str:
    return f"mkdir -p .medallion && cp $(Pipeline.Workspace)/{_artifact(file)}/* {file}"


def _word(text: str) -> str:
    """A scalar of YAML, quoted the way JSON does."""
    return json.dumps(text, ensure_ascii=False)
