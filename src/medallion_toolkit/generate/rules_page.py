"""docs/rules.md and docs/rules/: every rule of the library with its parameters and the examples that its tests run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from medallion_toolkit.generate.rule_library import ExampleText, RuleText, rule_library

_NOTICE = "<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->"
_HEAD = f"""\
# Rules

{_NOTICE}

A rule stands in a contract under its column: `rules: [not_null, range: {{min: 0}}]`; a rule of several columns or of
the whole table stands under the contract's own `rules:` as `name: {{kind: parameters}}`. A rule of a column or a row
compiles to one Boolean SQL text that never raises and is never NULL; a rule of a column holds for an absent value
unless it is about absence. A rule of a table is one query that the job's gate asks.

Each takes the options of [contracts](contracts.md): `name` (default: the column's name and the ending shown),
`on_fail`, `message`, `severity`, `dimension`, `limit`, `where`, `sample`, `disabled`. SQL under `rules:` is a rule as
well, and rules of your own kind stand in a module of the project, see [own rules](own-rules.md). `medallion rules`
lists all of them, `medallion rules NAME` shows one. The examples on these pages are the tests of the rules.
"""
_PLACES = {
    "column": "Rules of one column",
    "row": "Rules of several columns of a row",
    "table": "Rules of a table",
}
_ABOUT_PLACES = {
    "column": "An example is a value as it came, text unless a type stands behind it.",
    "row": "They stand under the contract's `rules:`. An example is a row as it came; types stand behind it.",
    "table": "Those with an ending may stand under a column too. An example is the rows of a table.",
}


def rules_pages(project: Path) -> Mapping[str, str]:
    """Path below docs/ to text: the list of all rules, then one page for each topic."""
    rules = rule_library(project)
    topics = [(topic, list(of_topic)) for topic, of_topic in groupby(rules, key=lambda rule: rule.topic)]
    return {"rules.md": _contents(rules), **{_page(topic): _topic(topic, of_topic) for topic, of_topic in topics}}


def _page(topic: str) -> str:
    return f"rules/{re.sub('[^a-z]+', '-', topic.lower())}.md"


def _contents(rules: Iterable[RuleText]) -> str:
    parts = [_HEAD]
    for place, of_place in groupby(rules, key=lambda rule: rule.place):
        parts += [f"## {_PLACES[place]}", ""]
        for topic, of_topic in groupby(of_place, key=lambda rule: rule.topic):
            rows = [
                f"| [{rule.name}]({_page(topic)}#{rule.name}) | {_first_sentence(rule.about)} |" for rule in of_topic
            ]
            parts += [f"| [{topic}]({_page(topic)}) | |", "|---|---|", *rows, ""]
    return "\n".join(parts)


def _topic(topic: str, rules: list[RuleText]) -> str:
    place = rules[0].place
    head = f"# {topic}\n\n{_NOTICE}\n\n{_PLACES[place]}, see [rules](../rules.md). {_ABOUT_PLACES[place]}\n"
    return "\n".join([head, *("\n".join(_section(rule)) for rule in rules)])


def _section(rule: RuleText) -> Iterator[str]:
    yield from (f"## {rule.name}", "", rule.about, "", _facts(rule), "")
    if rule.parameters:
        yield from (f"* `{one.name}`{' (required)' if one.is_required else ''}: {one.about}" for one in rule.parameters)
        yield ""
    yield from ("| parameters | holds | fails |", "|---|---|---|")
    for given in dict.fromkeys(example.given for example in rule.examples):
        listed = [example for example in rule.examples if example.given == given]
        yield f"| {_code(given) if given else ''} | {_listed(listed, True)} | {_listed(listed, False)} |"
    yield ""


def _facts(rule: RuleText) -> str:
    written = f"`{rule.written}`" if rule.written else "implied by `type:`, never written"
    facts = [written]
    facts += [f"named `<column>_{rule.suffix}`"] if rule.suffix else []
    facts += [f"columns: {rule.fits}"] if rule.place == "column" else []
    return " · ".join([*facts, rule.dimension])


def _listed(examples: Iterable[ExampleText], holds: bool) -> str:
    chosen = [example for example in examples if example.holds is holds]
    return ", ".join(_code(one.values) + (f" ({_plain(one.about)})" if one.about else "") for one in chosen)


def _first_sentence(text: str) -> str:
    return _plain(re.split(r"(?<=[^.])\. (?=[A-Z`])", text)[0].rstrip(".") + ".")


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    """The text as code in a cell of a table: a pipe would end the cell, a back quote the code."""
    quote = "``" if "`" in text else "`"
    return f"{quote}{_plain(text)}{quote}"
