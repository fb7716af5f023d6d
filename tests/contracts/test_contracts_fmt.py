"""`medallion contract fmt` writes the short form of a long contract: same meaning, comments kept, all or nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from medallion import is_long, plain_values, read_contract, read_nodes, short_form
from medallion_toolkit.cli.main import app
from medallion_toolkit.contracts.comments import read_comments
from medallion_toolkit.contracts.rewriting import rewrite
from medallion_toolkit.contracts.scalars import quoted
from medallion_toolkit.contracts.yaml_text import contract_text
from medallion_toolkit.errors import ContractError

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))
from contract_samples import ORDERS
from long_samples import ORDERS_LONG, SPECIFIED

COMMENTED = """\
# yaml-language-server: $schema=../../.vscode/contract.schema.json
# All we know of a person.
table:  # who
  name: people
  layer: silver  # the middle one
# what comes
schema:
  columns:
    name: string  # as written
    # years
    age: int
validation:
  rules:
    # nobody is older
    - name: alive  # for now
      column: age
      max_value: 150
governance:
  owner: "team #1"  # the team
# end
"""


def short_text(text: str) -> str:
    return contract_text(short_form(read_nodes(text, "c.yml")), read_comments(text))


@pytest.mark.parametrize("text", [SPECIFIED, ORDERS_LONG, COMMENTED])
def test_the_short_form_means_the_same_in_every_target_and_is_short(text: str) -> None:
    short = short_text(text)
    assert not is_long(read_nodes(short, "c.yml"))
    for target in (None, "dev"):
        assert plain_values(read_contract(short, "c.yml", target)) == plain_values(read_contract(text, "c.yml", target))


def test_comments_stay_with_what_they_speak_of() -> None:
    assert (
        short_text(COMMENTED)
        == """\
# yaml-language-server: $schema=../../.vscode/contract.schema.json
# All we know of a person.
table: silver.people  # who
from: people_conformed  # the middle one
owner: "team #1"  # the team

# what comes
columns:
  name: {type: string}  # as written
  # years
  # nobody is older
  age:  {type: int, rules: [range: {max: 150, name: alive}]}  # for now
# end
"""
    )


def test_files_are_written_once_and_short_ones_are_left_alone(write) -> None:
    root = write(silver__customers=SPECIFIED, silver__orders=ORDERS)
    done = rewrite(root, (), writes=True)
    assert [(file.path, file.state) for file in done.files] == [
        ("contracts/silver/customers.yml", "written"),
        ("contracts/silver/orders.yml", "short"),
    ]
    assert (root / "contracts/silver/orders.yml").read_text(encoding="utf-8") == ORDERS
    first = (root / "contracts/silver/customers.yml").read_text(encoding="utf-8")
    assert [file.state for file in rewrite(root, (), writes=True).files] == ["short", "short"]
    assert (root / "contracts/silver/customers.yml").read_text(encoding="utf-8") == first
    assert sorted(path.name for path in (root / "contracts/silver").iterdir()) == ["customers.yml", "orders.yml"]


def test_json_stays_json(write) -> None:
    text = json.dumps(yaml.safe_load(SPECIFIED))
    root = write(silver__customers_json=text)
    rewrite(root, ["customers"], writes=True)
    written = (root / "contracts/silver/customers.json").read_text(encoding="utf-8")
    assert json.loads(written)["table"] == "silver.customers"
    assert plain_values(read_contract(written, "c.json")) == plain_values(read_contract(text, "c.json"))


def test_one_wrong_contract_and_no_file_is_written(write) -> None:
    root = write(silver__customers=SPECIFIED, silver__orders=ORDERS_LONG.replace("type: regex", "type: rgex"))
    with pytest.raises(ContractError) as raised:
        rewrite(root, (), writes=True)
    assert (raised.value.code, str(raised.value.help)) == ("MED306", "did you mean regex?")
    assert (root / "contracts/silver/customers.yml").read_text(encoding="utf-8") == SPECIFIED


def test_the_command_checks_prints_and_writes(write) -> None:
    root = write(silver__customers=SPECIFIED)
    run = CliRunner().invoke
    arguments = ["contract", "fmt", "--project", str(root)]
    checked = run(app, [*arguments, "--check"])
    assert (checked.exit_code, checked.output) == (
        1, "local\nlong     contracts/silver/customers.yml\nnext: medallion contract fmt\n",
    )  # fmt: skip
    printed = run(app, [*arguments, "--stdout"])
    assert (printed.exit_code, printed.output) == (0, short_text(SPECIFIED))
    written = run(app, [*arguments, "--json"])
    assert json.loads(written.output)["files"][0]["state"] == "written"
    assert run(app, [*arguments, "--check"]).exit_code == 0
    unknown = run(app, [*arguments, "custmers"])
    assert unknown.exit_code == 2


@given(st.text(max_size=40))
def test_any_text_reads_back_as_it_was(text: str) -> None:
    for form in (f"a: {quoted(text)}", f"a: {{b: [{quoted(text)}, x]}}"):
        try:
            expected = text.encode("utf-8").decode()
        except UnicodeEncodeError:
            return
        node = yaml.safe_load(form)["a"]
        assert (node if isinstance(node, str) else node["b"][0]) == expected
        again = read_nodes(form, "a.yml").entries[0].value
        assert (again.entries[0].value.items[0] if hasattr(again, "entries") else again).value == expected


NAMES = st.sampled_from(["id", "email", "phone", "amount", "status", "born_on", "note"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
NUMBERS = st.integers(-1000, 1000) | st.decimals(-100, 100, places=2).map(float)


def some(**parts: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=parts)


@st.composite
def long_contracts(draw: st.DrawFn) -> dict[str, object]:
    columns = draw(
        st.dictionaries(NAMES, st.sampled_from(["string", "int", "date", {"type": "double", "nullable": False}]))
    )
    texts = [name for name in ("email", "phone", "status", "note") if columns.get(name, "string") == "string"]
    rules: list[dict[str, object]] = []
    for number in range(draw(st.integers(0, 4))):
        body = draw(
            st.sampled_from(
                [
                    {"column": texts[0], "type": "email"}
                    if texts
                    else {"type": "cross_field", "condition": "id > 'a'"},
                    {"column": texts[-1], "allowed_values": ["a", "b # c", "yes"]}
                    if texts
                    else {"condition": "id = 'x'"},
                    {"type": "cross_field", "condition": "start_date < end_date"},
                    {"type": "row_count", "min": 1},
                ]
            )
        )
        options = some(severity=st.sampled_from(["minor", "critical"]), message=TEXTS)
        rules.append({"name": f"rule_{number}", **body, **draw(options)})
    statistical = draw(
        st.lists(
            st.just({"column": "score", "min_value": 0, "max_value": draw(NUMBERS.filter(lambda n: n > 0))}), max_size=1
        )
    )
    scd = {"type": 2, "key_columns": ["id"], "effective_from": "since", "effective_to": "until"}
    document: dict[str, object] = {
        "table": {"name": "silver_things", "layer": "silver", **draw(some(description=TEXTS))},
        "schema": {"columns": {"id": "string", **{name: type for name, type in columns.items() if name != "id"}}},
        "validation": {"rules": rules, "statistical": statistical},
    }
    optional = {
        "scd": st.just(scd),
        "governance": some(
            owner=TEXTS, steward=TEXTS, retention=st.just("7 years"), tags=st.dictionaries(NAMES, TEXTS)
        ),
        "compliance": some(regulations=st.just(["gdpr"]), right_to_be_forgotten=st.booleans()),
        "performance": some(
            z_order=st.just({"columns": ["id"]}), caching=some(refresh=TEXTS).map(lambda one: {"enabled": True, **one})
        ),
        "monitoring": some(
            sla=some(freshness=st.just("24h"), completeness=st.integers(1, 100), notification_channel=TEXTS),
            metrics=st.just([{"name": "record_count", "threshold": {"min": 1, "warning_threshold": 2}}]),
        ),
        "testing": some(
            golden_datasets=st.lists(some(purpose=TEXTS).map(lambda one: {"path": "s3://x", **one}), max_size=2)
        ),
        "targets": st.just({"dev": {"validation": {"on_fail": "warn"}}}),
    }
    return {
        **document,
        **{key: value for key, value in draw(st.fixed_dictionaries({}, optional=optional)).items() if value},
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(long_contracts(), st.booleans())
def test_any_long_contract_keeps_its_meaning(document: dict[str, object], in_flow: bool) -> None:
    text = yaml.safe_dump(document, default_flow_style=in_flow, sort_keys=False, allow_unicode=True)
    short = short_text(text)
    for target in (None, "dev"):
        assert plain_values(read_contract(short, "c.yml", target)) == plain_values(read_contract(text, "c.yml", target))
    assert all(len(line) < 400 for line in short.splitlines())


@pytest.mark.parametrize("text", [SPECIFIED, ORDERS_LONG])
def test_no_comment_is_lost_wherever_it_stands(text: str) -> None:
    lines = text.splitlines()
    commented = [f"{'' if not line.strip() else line}\n# over {number}" for number, line in enumerate(lines)]
    assert all(f"# over {number}\n" in short_text("\n".join(commented)) for number in range(len(lines)))
    behind = [f"{line} # behind {number}" for number, line in enumerate(lines)]
    written = short_text("\n".join(behind))
    assert [number for number in range(len(lines)) if f"# behind {number}\n" not in written] == []
