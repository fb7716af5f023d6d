"""The patterns of normalization a project knows, as text, and docs/normalization.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import cast

from medallion_toolkit.generate.rule_library import ParameterText, shown
from medallion_toolkit.python.helper_rules import OwnPatterns, Pattern
from medallion_toolkit.python.project_modules import project_package, translated

_HEAD = """\
# Normalization

<!-- Written by scripts/generate_docs.py (`make docs`); a test fails when it is old. -->

A column's `normalize` brings text into one form before it is typed and judged, pattern by pattern:

```yaml
columns:
  phone:  {type: string, normalize: [{phone: DE}], rules: [phone]}
  email:  {type: string, normalize: [trim, email], rules: [email], class: pii}
  active: {type: boolean, normalize: [boolean]}
  born:   {type: date, normalize: [{date: [dd.MM.yyyy, yyyy-MM-dd]}]}
```

A pattern is SQL text that never raises. What it cannot read stays as it is, so that types and rules see it; an absent
value stays absent. Doing it twice changes nothing, but for `number` with a decimal comma, whose result has a point. The
value as it came is kept: quarantine shows it, and `_source` of `_checked` has it (masked when the column is). Only
contracts with `from` normalize. Letters that look like others are no business of a pattern: the rule `one_script`
finds them.

In Python the same SQL comes from `normalized`:

```python
from medallion.normalize import normalized

people = rows.selectExpr(f"{normalized('phone', 'trim', {'phone': 'DE'})} AS phone")
```

A pattern of your own is a function in a module of [own rules](own-rules.md), with examples as its tests:

```python
from medallion.normalize import PatternExample, pattern


@pattern(about="The shop's prefix goes.", examples=[PatternExample("SHOP-12", "12"), PatternExample("12", "12")])
def without_shop(text: str) -> str:
    return f"regexp_replace({text}, '^SHOP-', '')"
```

`medallion rules --patterns` lists all of them, `medallion rules phone` shows rule and pattern of that name. The
examples on this page are the tests of the patterns.
"""


@dataclass(frozen=True)
class ChangeText:
    """A value as it came and what becomes of it, with the parameters as a contract has them."""

    value: str | None
    result: str | None
    given: str
    about: str


@dataclass(frozen=True)
class PatternText:
    """One pattern of normalization."""

    name: str
    topic: str
    about: str
    written: str
    parameters: tuple[ParameterText, ...]
    examples: tuple[ChangeText, ...]


def pattern_library(project: Path) -> tuple[PatternText, ...]:
    """Every pattern of the helper package of this project, by topic, then the project's own."""
    name = f"{project_package(project).__name__}.normalize"
    topics = cast("Mapping[str, Iterable[Pattern]]", import_module(f"{name}.library").PATTERN_TOPICS)
    with translated():
        own = cast(OwnPatterns, import_module(f"{name}.own")).own_patterns()
    return (
        *(_text(pattern, topic) for topic, patterns in topics.items() for pattern in patterns),
        *(_text(one.value, f"of this project: {one.position}") for one in own),
    )


def normalization_page(project: Path) -> str:
    """The page about the patterns of this project's helper package."""
    topics = groupby(pattern_library(project), key=lambda pattern: pattern.topic)
    return "\n".join([_HEAD, *(line for topic, patterns in topics for line in _topic(topic, patterns))])


def _text(pattern: Pattern, topic: str) -> PatternText:
    required = [one.name for one in pattern.parameters if one.required]
    form = f"{{{pattern.name}: …}}" if required else pattern.name
    examples = tuple(
        ChangeText(
            one.value,
            one.result,
            ", ".join(f"{name}: {shown(value)}" for name, value in one.parameters.items()),
            one.about,
        )
        for one in pattern.examples
    )
    parameters = tuple(ParameterText(one.name, one.about, one.required) for one in pattern.parameters)
    return PatternText(pattern.name, topic, pattern.about, form, parameters, examples)


def _topic(topic: str, patterns: Iterable[PatternText]) -> Iterator[str]:
    yield f"## {topic}\n"
    yield "| pattern | what it does | examples |\n|---|---|---|"
    for pattern in patterns:
        keys = " ".join(f"`{one.name}`: {one.about}" for one in pattern.parameters)
        about = f"{pattern.about} {keys}".strip().replace("|", "\\|")
        yield f"| `{pattern.written}` | {about} | {'; '.join(map(change, pattern.examples))} |"
    yield ""


def change(example: ChangeText) -> str:
    """The example on one line: value, result, parameters."""
    given = f" (`{example.given}`)" if example.given else ""
    about = f" ({example.about})" if example.about else ""
    return f"{_code(example.value)} → {_code(example.result)}{given}{about}".replace("|", "\\|")


def _code(text: str | None) -> str:
    return "NULL" if text is None else f"`{text!r}`"
