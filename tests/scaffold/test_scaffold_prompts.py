"""Prompts: defaults, what an answer must look like, answers from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medallion_toolkit.errors import ConfigError, UsageError
from medallion_toolkit.scaffold.project import find_template
from medallion_toolkit.scaffold.prompts import SCHEMA, Prompts, answered, read_answers, read_pairs, read_prompts

PRINCIPAL = "aaaaaaaa-bbbb-4ccc-dddd-eeeeeeeeeeee"


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return read_prompts(find_template())


def test_the_template_asks_six_questions_and_none_needs_an_answer(prompts: Prompts) -> None:
    assert answered(prompts, {}) == {
        "project_name": "my_lakehouse",
        "catalog": "my_lakehouse",
        "warehouse_name": "Serverless Starter Warehouse",
        "sample_data": "yes",
        "service_principal": "",
        "notification_address": "",
    }


def test_a_default_follows_an_earlier_answer(prompts: Prompts) -> None:
    assert answered(prompts, {"project_name": "shop"})["catalog"] == "shop"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project_name", "Shop"),
        ("project_name", "s"),
        ("project_name", "shop\n"),
        ("project_name", ""),
        ("project_name", "1shop"),
        ("catalog", "my-catalog"),
        ("warehouse_name", ""),
        ("warehouse_name", 'a: "b'),
        ("warehouse_name", "${var.x}"),
        ("sample_data", "no thanks"),
        ("sample_data", ""),
        ("service_principal", "my principal"),
        ("service_principal", PRINCIPAL + "\n"),
        ("notification_address", "me@here"),
        ("notification_address", "a@b.org c@d.org"),
    ],
)
def test_an_answer_of_the_wrong_form_is_refused(prompts: Prompts, name: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        answered(prompts, {name: value})
    assert caught.value.code == "MED605"
    assert name in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service_principal", PRINCIPAL),
        ("notification_address", "data+shop@mail.example.co.uk"),
        ("warehouse_name", "BI (large) 2"),
        ("sample_data", "no"),
    ],
)
def test_an_answer_of_the_right_form_is_taken(prompts: Prompts, name: str, value: str) -> None:
    assert answered(prompts, {name: value})[name] == value


def test_an_unknown_prompt_names_the_nearest(prompts: Prompts) -> None:
    with pytest.raises(UsageError) as caught:
        answered(prompts, {"sample_date": "no"})
    assert (caught.value.code, caught.value.help) == ("MED604", "did you mean sample_data?")


def test_answers_of_a_file_leave_other_keys_aside(prompts: Prompts, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"project_name": "shop", "_template_version": 3}))
    assert read_answers(path, prompts) == {"project_name": "shop"}


@pytest.mark.parametrize("content", ["[]", "{", '{"catalog": 1}', '"shop"'])
def test_a_file_without_answers_is_refused(prompts: Prompts, tmp_path: Path, content: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content)
    with pytest.raises(UsageError) as caught:
        read_answers(path, prompts)
    assert caught.value.code == "MED606"


def test_a_missing_file_is_refused(prompts: Prompts, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="MED606"):
        read_answers(tmp_path / "none.json", prompts)


def test_pairs_keep_equals_signs_of_the_value() -> None:
    assert read_pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
    with pytest.raises(UsageError, match="MED606"):
        read_pairs(["shop"])


@pytest.mark.parametrize(
    "described",
    [
        {"type": "boolean", "default": True, "order": 1},
        {"type": "string", "order": 1},
        {"type": "string", "default": "", "order": 1, "skip_prompt_if": {}},
        {"type": "string", "default": "", "order": 1, "format": "warehouse_path"},
    ],
)
def test_a_prompt_of_another_kind_is_refused(tmp_path: Path, described: dict[str, object]) -> None:
    (tmp_path / SCHEMA).write_text(json.dumps({"properties": {"a": described}}))
    with pytest.raises(ConfigError) as caught:
        read_prompts(tmp_path)
    assert caught.value.code == "MED601"
