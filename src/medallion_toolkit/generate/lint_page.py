"""docs/lint.md: every rule of lint with why it stands and the two examples that its tests judge."""

from __future__ import annotations

from medallion_toolkit.lint.findings import LintRule
from medallion_toolkit.lint.library import RULES

_HEAD = """\
# Lint

<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->

`medallion lint` reads SQL, contracts and Python of a project and says what is wrong or risky before anything runs; it
starts no Spark. Errors of the project reader ([error codes](errors.md)) are findings too. `medallion lint sql/silver`
shows findings in these files only.

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
"""


def lint_page() -> str:
    """The page about all rules of lint."""
    rows = [f"| [{one.code}](#{one.code.lower()}-{one.name}) | {one.level} | {one.name} |" for one in RULES]
    table = "\n".join(["| code | level | name |", "|---|---|---|", *rows])
    return "\n".join([_HEAD, table, "", *(_section(rule) for rule in RULES)])


def _section(rule: LintRule) -> str:
    repaired = " · repaired by `--fix`" if rule.fixes else ""
    return "\n".join([f"## {rule.code} {rule.name}", "", f"{rule.why} ({rule.level}{repaired})", "", *_examples(rule)])


def _examples(rule: LintRule) -> list[str]:
    """What the two examples say differently; what both say is left out."""
    found: list[str] = []
    for title, example, other in (("Found:", rule.offends, rule.fine), ("Not found:", rule.fine, rule.offends)):
        files = {path: text for path, text in example.files.items() if other.files.get(path) != text}
        for path, text in files.items():
            language = "sql" if path.endswith(".sql") else "python" if path.endswith(".py") else "yaml"
            found += [f"{title} `{path}`", "", f"```{language}", text.rstrip("\n"), "```", ""]
    return found
