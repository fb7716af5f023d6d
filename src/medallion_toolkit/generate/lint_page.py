"""docs/lint.md: every rule of lint with why it stands and the two examples that its tests judge."""

from __future__ import annotations

from difflib import unified_diff

from medallion_toolkit.lint.findings import Example, LintRule
from medallion_toolkit.lint.library import RULES
from medallion_toolkit.lint.samples import SHARED

_HEAD = """\
# Lint

<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->

`medallion lint` reads SQL, contracts and Python of a project and says what is wrong or risky before anything runs; it
starts no Spark. `medallion lint sql/silver` shows findings in these files only. Errors of the project reader
([error codes](errors.md)) are findings too: a table that nothing makes (MED401), a contract without its dataset
(MED334), a conformed view without its contract (MED239), a rule in the contract and in SQL (MED332), AUTO CDC or a
history without a sequence (MED270, MED305) and all others.

| level | means | exit code |
|---|---|---|
| error | the workspace refuses it, or it fails on the first bad day | 1 |
| warning | it runs and surprises | 1 |
| note | worth saying; `--notes` shows them | 0 |

`--fix` repairs what is marked *repaired*, by position: nothing else in the file changes, and a second run repairs
nothing. `--json` gives everything as one document, `--sarif FILE` writes SARIF 2.1.0 for code scanning.

A comment silences one line and says why: `-- medallion: ignore MED625 the copy keeps all columns on purpose` at the
end of the line or alone above it, in YAML and Python with `#`. Without a reason the comment is a finding itself
(MED638), and so is one that silences nothing (MED639). Errors of the reader cannot be silenced.

Below, lines with `-` are found and lines with `+` are not; both are the tests of the rule.
"""


def lint_page() -> str:
    """The page about all rules of lint."""
    return "\n".join([_HEAD, *(_section(rule) for rule in RULES)])


def _section(rule: LintRule) -> str:
    repaired = " · repaired by `--fix`" if rule.fixes else ""
    return "\n".join(
        [f"## {rule.code} {rule.name}", "", f"{rule.why} *{rule.level}{repaired}*", "", *_difference(rule)]
    )


def _difference(rule: LintRule) -> list[str]:
    """The lines that the two examples do not share: found with -, not found with +."""
    found = ["```diff"]
    for path in dict.fromkeys([*rule.offends.files, *rule.fine.files]):
        offends, fine = (_lines(example, path) for example in (rule.offends, rule.fine))
        if offends != fine:
            changed = list(unified_diff(offends, fine, n=0, lineterm=""))[2:]
            found += [path, *(line for line in changed if not line.startswith("@@"))]
    return [*found, "```", ""]


def _lines(example: Example, path: str) -> list[str]:
    """The example's lines of a file; what it does not give is as in every example."""
    return example.files.get(path, SHARED.get(path, "")).splitlines()
