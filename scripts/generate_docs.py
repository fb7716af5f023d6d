"""Write the pages of docs/ that come from the code: commands, configuration, error codes, lint, rules, fidelity.

`scripts/generate_docs.py` writes them, `--check` only says which are old and ends with 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.error_codes import CODES
from medallion_toolkit.generate.delivery_page import delivery_pages
from medallion_toolkit.generate.fidelity_page import fidelity_page
from medallion_toolkit.generate.lint_page import lint_page
from medallion_toolkit.generate.pattern_library import normalization_page
from medallion_toolkit.generate.rules_page import rules_pages

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 100
NOTICE = "<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->"
AREAS = {
    "MED1": "Bundle, project, configuration",
    "MED2": "Pipeline code: SQL and Python",
    "MED3": "Contracts",
    "MED4": "A run and its data",
    "MED5": "Environment",
    "MED6": "Template, lint and check",
    "MED7": "Workspace",
}


SETTINGS = {
    "volumes.<key>": "Folder, relative to the project, that stands for the volume with this resource key: what "
    '`${landing}` and `/Volumes/...` paths mean here. Example: `volumes.landing = "fixtures/landing"`.',
    "paths.<path>": "Folder, relative to the project, that stands for a path as the code writes it: a mount, a "
    'bucket, a volume of another bundle. Example: `paths."/mnt/raw" = "fixtures/raw"`.',
    "sources.<key>": "Recorded rows of something outside the project: a topic, a table of another system, a data "
    'source of your own (docs/sources.md). Example: `sources."kafka:orders" = "fixtures/kafka/orders"`.',
}
PROJECT_SETTINGS = {
    "[tool.medallion] rules": 'Modules of the project\'s own rules and patterns, `rules = ["shop_rules"]`; the '
    "workspace reads this one too (docs/own-rules.md).",
    "[tool.medallion.plan] needs_allow": "Effects of a change that need a person's word (docs/plan.md).",
    "[tool.medallion.drift] ignore": "Patterns of differences between code and workspace that are none "
    "(docs/drift.md).",
    "[tool.medallion.template]": "The template's version and the answers to its questions, written by `medallion "
    "upgrade` (docs/upgrade.md).",
}
VARIABLES = {
    "MEDALLION_CACHE": "Folder for what is fetched once (engine jars). Default: `~/.cache/medallion`.",
    "MEDALLION_MAVEN_MIRROR": "Address of the Maven repository that Delta's jars come from, when the public one "
    "cannot be reached. Their checksums stay the same.",
    "MEDALLION_DELIVERY": "A variable of the repository, not of a shell: `on` lets the template's workflows sign in "
    "and deliver.",
    "JAVA_HOME": "The Java that Spark starts. Default: `java` on `PATH`.",
}


def error_page() -> str:
    """docs/errors.md: how to read an error, then every code."""
    parts = [
        "# Error codes",
        NOTICE,
        (
            "An error says its code, one sentence, the place with the source line, what was found and expected, the\n"
            "nearest known name, and the command to run next. With `--json` the same comes as an object on stdout."
        ),
        "Exit codes: 0 good, 1 findings (something in the project or its data), 2 wrong usage, 3 environment.",
    ]
    for prefix, title in AREAS.items():
        rows = [f"| {code} | {text} |" for code, text in sorted(CODES.items()) if code.startswith(prefix)]
        if rows:
            parts += [f"## {prefix}xx {title}", "\n".join(["| code | meaning |", "|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def command_page() -> str:
    """docs/commands.md: the help of every command, as the terminal prints it."""
    parts = [
        "# Commands",
        NOTICE,
        (
            "Results go to stdout, progress to stderr; `--json` gives the result as one JSON document. Commands that\n"
            "run here never touch a workspace; `--vars` chooses whose variables they take, `-t` means that workspace."
        ),
    ]
    for title, text in _help_texts():
        parts += [f"## {title}", f"```text\n{text}\n```"]
    return "\n\n".join(parts) + "\n"


def _help_texts() -> Iterator[tuple[str, str]]:
    for path in [(), *_command_paths(app)]:
        shown = CliRunner().invoke(app, [*path, "--help"], prog_name="medallion", terminal_width=WIDTH)
        if shown.exit_code:
            raise SystemExit(f"medallion {' '.join(path)} --help ended with {shown.exit_code}")
        text = "\n".join(line.rstrip() for line in shown.stdout.strip().splitlines())
        yield " ".join(("medallion", *path)), text


def _command_paths(group: typer.Typer) -> Iterator[tuple[str, ...]]:
    for command in group.registered_commands:
        yield (command.name or getattr(command.callback, "__name__", "").replace("_", "-"),)
    for inner in group.registered_groups:
        name = inner.name or ""
        yield (name,)
        if inner.typer_instance is not None:
            yield from ((name, *path) for path in _command_paths(inner.typer_instance))


def configuration_page() -> str:
    """docs/configuration.md: the settings of pyproject.toml and the environment variables."""
    parts = [
        "# Configuration",
        NOTICE,
        (
            "A project needs none of this to be deployed: all that reaches the workspace stands in `databricks.yml`,\n"
            "`resources/`, `sql/` and `contracts/`."
        ),
        "## `[tool.medallion.local]` in the project's pyproject.toml",
        "Read by the commands that run here.",
        _table("setting", SETTINGS),
        "## Other settings in the project's pyproject.toml",
        _table("setting", PROJECT_SETTINGS),
        "## Environment variables",
        _table("variable", VARIABLES),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: str, rows: dict[str, str]) -> str:
    return "\n".join([f"| {head} | meaning |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in rows.items())])


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": command_page,
    "configuration.md": configuration_page,
    "errors.md": error_page,
    "fidelity.md": lambda: fidelity_page(ROOT),
    "lint.md": lint_page,
}


def pages() -> dict[str, str]:
    """Path below docs/ to text, for every page that comes from the code."""
    project = ROOT / "template" / "{{.project_name}}"
    of_library = {"normalization.md": normalization_page(project), **rules_pages(project)}
    return {**{name: page() for name, page in PAGES.items()}, **of_library, **delivery_pages(NOTICE)}


def old_pages(folder: Path) -> dict[str, str]:
    """The pages whose file differs from what the code says, with the text they should have."""
    return {name: text for name, text in pages().items() if _text(folder / name) != text}


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(arguments: list[str]) -> int:
    """Exit code: 1 when `--check` finds an old page."""
    folder = ROOT / "docs"
    old = old_pages(folder)
    if "--check" in arguments:
        print("\n".join(f"docs/{name} is old: make docs" for name in old), end="\n" if old else "")
        return 1 if old else 0
    for name, text in old.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
