"""The prompts of databricks_template_schema.json: their defaults, and whether an answer is accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import ConfigError, UsageError, did_you_mean
from medallion_toolkit.scaffold.go_template import render

SCHEMA = "databricks_template_schema.json"
_KNOWN_KEYS = {
    "type",
    "order",
    "default",
    "enum",
    "pattern",
    "pattern_match_failure_message",
    "description",
    "//",
}


@dataclass(frozen=True)
class Prompt:
    """One question: `default` may use the answers before it."""

    name: str
    default: str
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    advice: str | None = None


@dataclass(frozen=True)
class Prompts:
    """All questions in the order they are asked, and what is said at the end."""

    questions: tuple[Prompt, ...]
    success_message: str


def read_prompts(template: Path) -> Prompts:
    """The prompts of a template folder."""
    schema = json.loads((template / SCHEMA).read_text(encoding="utf-8"))
    properties = sorted(schema["properties"].items(), key=lambda item: item[1]["order"])
    return Prompts(
        questions=tuple(_prompt(name, described) for name, described in properties),
        success_message=schema.get("success_message", ""),
    )


def _prompt(name: str, described: Mapping[str, object]) -> Prompt:
    unknown = sorted(set(described) - _KNOWN_KEYS)
    if unknown or described.get("type") != "string" or not isinstance(described.get("default"), str):
        raise ConfigError(
            "MED601",
            f"prompt {name} of the template is more than this command can ask",
            found=", ".join(unknown) or f"type {described.get('type')}",
            expected="a string with a default; enum, pattern",
            next="databricks bundle init",
        )
    choices = described.get("enum")
    return Prompt(
        name=name,
        default=str(described["default"]),
        choices=tuple(str(choice) for choice in choices) if isinstance(choices, list) else (),
        pattern=str(described["pattern"]) if "pattern" in described else None,
        advice=str(described["pattern_match_failure_message"])
        if "pattern_match_failure_message" in described
        else None,
    )


def answered(prompts: Prompts, given: Mapping[str, str]) -> dict[str, str]:
    """An answer for every prompt: the given one, or its default."""
    names = [question.name for question in prompts.questions]
    for name in given:
        if name not in names:
            raise UsageError(
                "MED604",
                f"the template has no prompt {name}",
                found=name,
                expected=", ".join(names),
                help=did_you_mean(name, names),
            )
    answers: dict[str, str] = {}
    for question in prompts.questions:
        value = given[question.name] if question.name in given else render(question.default, answers, SCHEMA)
        answers[question.name] = _accepted(question, value)
    return answers


def _accepted(question: Prompt, value: str) -> str:
    if question.choices and value not in question.choices:
        raise UsageError(
            "MED605",
            f"{question.name} does not take this answer",
            found=value or "nothing",
            expected=" or ".join(question.choices),
        )
    if question.pattern and not re.search(_ends_exactly(question.pattern), value):
        raise UsageError(
            "MED605",
            f"{question.name} does not take this answer",
            found=value or "nothing",
            expected=question.pattern,
            help=question.advice,
        )
    return value


def _ends_exactly(pattern: str) -> str:
    """The pattern with `$` as Go reads it: the end of the text, not a line break before it."""
    return re.sub(r"(\\.|\[(?:\\.|[^\]])*\])|\$", lambda match: match[1] or r"\Z", pattern)


def read_answers(path: Path, prompts: Prompts) -> dict[str, str]:
    """Answers out of a JSON file, as `databricks bundle init --config-file` takes them: other keys are left aside."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError("MED606", f"there is no file {path}", next="medallion new --help") from None
    except (OSError, ValueError) as error:
        raise UsageError("MED606", f"{path} is no JSON file", found=str(error), expected="one object") from None
    if not isinstance(values, dict):
        raise UsageError("MED606", f"{path} holds no answers", found=type(values).__name__, expected="one object")
    answers = {question.name: values[question.name] for question in prompts.questions if question.name in values}
    for name, value in answers.items():
        if not isinstance(value, str):
            raise UsageError("MED606", f"{name} in {path} is no text", found=json.dumps(value), expected="a string")
    return answers


def read_pairs(pairs: list[str]) -> dict[str, str]:
    """Answers written as KEY=VALUE."""
    answers: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError("MED606", "an answer has the form KEY=VALUE", found=pair, expected="project_name=shop")
        answers[name] = value
    return answers
