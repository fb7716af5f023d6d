"""The way from a pull request to prod as a list of steps: what every CI system runs, and in which order.

The template's GitHub workflows are written by hand and run these commands (a test compares them); the examples for
GitLab CI and Azure DevOps are rendered from here.
"""

from __future__ import annotations

from dataclasses import dataclass

TARGETS = ("dev", "staging", "prod")
PLANNING = "prod-plan"
PULL_REQUEST = "pull-request"
JOB = "daily"


@dataclass(frozen=True)
class Job:
    """Commands on one machine, in order.

    `environment` names the sign-in they use, `target` what they change; `approval`: a person's word comes first.
    Files in `saves` are kept for people and later jobs, those in `takes` come from the job before. `always` are
    commands that run although one before them has failed; those in `tolerated` may fail.
    """

    key: str
    title: str
    commands: tuple[str, ...]
    environment: str | None = None
    target: str | None = None
    approval: bool = False
    saves: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    tolerated: tuple[str, ...] = ()
    java: bool = False


@dataclass(frozen=True)
class Workflow:
    """Jobs that begin with the same event: change (a pull request), main, night or hand."""

    name: str
    event: str
    jobs: tuple[Job, ...]
    in_sequence: bool = True


def environments_of(target: str) -> tuple[str, ...]:
    """The environments whose jobs sign in to a target: one that plans without a person's word, one that waits for it.

    >>> environments_of("prod")
    ('prod-plan', 'prod')
    """
    return (PLANNING, "prod") if target == "prod" else (target,)


def _proven(target: str) -> tuple[str, ...]:
    yes = "" if target == "dev" else " --yes"
    return (
        f"medallion start -t {target} {JOB}{yes} --watch",
        f"medallion gate -t {target} --markdown",
        f"medallion release pass -t {target}",
    )


def _plan(target: str) -> str:
    return f".medallion/plan-{target}.json"


def _planned(target: str) -> str:
    return f"medallion deploy -t {target} --save-plan {_plan(target)}"


def _promoted(target: str, source: str) -> str:
    return f"medallion promote -t {target} --from {source} --plan {_plan(target)} --yes"


_CHECK = 'medallion check --base "$BASE" --markdown'
_DIFF = 'medallion contract diff "$BASE"'
_COMMENT = 'medallion comment .medallion/plan.md --note "$NOTE"'
_LOOK = 'medallion rollback -t "$TARGET" --to "$RELEASE" --dry-run'

CI = Workflow(
    "ci",
    "change",
    (
        Job(
            "check",
            "files and resources are sound",
            (
                "medallion generate --check",
                "medallion contract fmt --check",
                "medallion lint --sarif .medallion/lint.sarif",
                "medallion validate",
            ),
            saves=(".medallion/lint.sarif",),
        ),
        Job(
            "test",
            "runs and passes its tests",
            ("medallion doctor", "medallion run", "medallion test --junit .medallion/tests.xml", _CHECK),
            always=(_CHECK,),
            saves=(".medallion/report.html", ".medallion/tests.xml"),
            java=True,
        ),
        Job(
            "consequences",
            "what the change does",
            ('medallion plan --base "$BASE" --comment .medallion/plan.md', _DIFF, _COMMENT),
            always=(_DIFF, _COMMENT),
        ),
        Job("workspace", "dev accepts it (nothing is deployed)", (_planned("dev"),), environment=PULL_REQUEST),
    ),
    in_sequence=False,
)
DEPLOY = Workflow(
    "deploy",
    "main",
    (
        Job("dev", "dev", ("medallion deploy -t dev", *_proven("dev")), environment="dev", target="dev"),
        Job(
            "staging",
            "staging",
            (_planned("staging"), _promoted("staging", "dev"), *_proven("staging")),
            environment="staging",
            target="staging",
            saves=(_plan("staging"),),
        ),
        Job(
            "prod-plan",
            "plan for prod (read it, then approve prod)",
            (_planned("prod"),),
            environment=PLANNING,
            saves=(_plan("prod"),),
        ),
        Job(
            "prod",
            "prod",
            (_promoted("prod", "staging"), *_proven("prod")),
            environment="prod",
            target="prod",
            approval=True,
            takes=(_plan("prod"),),
        ),
    ),
)
DRIFT = Workflow(
    "drift",
    "night",
    (Job("drift", "prod is as released", ("medallion drift -t prod --markdown",), environment=PLANNING),),
)
ROLLBACK = Workflow(
    "rollback",
    "hand",
    (
        Job("look", "what it would do", (_LOOK,), environment="$TARGET", tolerated=(_LOOK,)),
        Job(
            "rollback",
            "back to the release",
            (
                'medallion rollback -t "$TARGET" --to "$RELEASE" --yes',
                f'medallion start -t "$TARGET" {JOB} --yes --watch',
                'medallion gate -t "$TARGET" --markdown',
            ),
            environment="$TARGET",
            target="$TARGET",
            approval=True,
        ),
    ),
)
WORKFLOWS = (CI, DEPLOY, DRIFT, ROLLBACK)
