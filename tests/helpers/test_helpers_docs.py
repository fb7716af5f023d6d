"""The pages about contracts and rules say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from own_rules import own_project

from medallion import read_contract
from medallion.contracts.schema import contract_schema
from medallion_toolkit.generate.pattern_library import normalization_page, pattern_library
from medallion_toolkit.generate.rule_library import rule_library
from medallion_toolkit.generate.rules_page import rules_pages
from medallion_toolkit.rules.listing import list_rules


def test_the_pages_of_rules_are_current_and_name_every_rule(repository: Path) -> None:
    project = repository / "template" / "{{.project_name}}"
    pages = rules_pages(project)
    written = {name: (repository / "docs" / name).read_text(encoding="utf-8") for name in pages}
    assert written == pages
    assert {path.name for path in (repository / "docs" / "rules").iterdir()} == {Path(one).name for one in pages} - {
        "rules.md"
    }
    for rule in rule_library(project):
        assert sum(page.count(f"\n## {rule.name}\n") for page in pages.values()) == 1, rule.name
    assert max(page.count("\n") for page in pages.values()) <= 250


def test_the_page_of_patterns_is_current_and_its_example_loads(repository: Path) -> None:
    page = (repository / "docs" / "normalization.md").read_text(encoding="utf-8")
    assert page == normalization_page(repository / "template" / "{{.project_name}}")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    columns = read_contract(f"table: silver.people\nfrom: people_conformed\n{example}").columns
    assert all(column.normalized for column in columns)


def test_the_page_of_own_rules_shows_what_loads(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "own-rules.md").read_text(encoding="utf-8")
    (settings,), (module,) = (re.findall(rf"```{one}\n(.*?)```", page, re.DOTALL) for one in ("toml", "python"))
    assert [rule.name for rule in list_rules(own_project(tmp_path, module, settings), None).own] == [
        "shop_code",
        "pays",
    ]


def keys_of(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {key for one in schema for key in keys_of(one)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own | {key for name, one in schema.items() if name != "rules" for key in keys_of(one)}


def test_every_key_of_a_contract_is_explained(repository: Path) -> None:
    names = ("contracts.md", "contract-forms.md", "quarantine.md")
    page = "\n".join((repository / "docs" / name).read_text(encoding="utf-8") for name in names)
    rules = rule_library(repository / "template" / "{{.project_name}}")
    parameters = {parameter.name for rule in rules for parameter in rule.parameters}
    patterns = pattern_library(repository / "template" / "{{.project_name}}")
    parameters |= {parameter.name for pattern in patterns for parameter in pattern.parameters}
    named = {rule.name for rule in rules} | {pattern.name for pattern in patterns}
    wanted = keys_of(contract_schema()) - named - (parameters - {"columns", "format"})
    assert len(wanted) >= 30
    assert [key for key in sorted(wanted) if not re.search(rf"`{key}`|\b{key}:|[{{ ,]{key}[,}}]", page)] == []


def test_the_contract_of_the_page_loads(repository: Path) -> None:
    page = (repository / "docs" / "contracts.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    contract = read_contract(example, "contracts/silver/orders.yml")
    assert [rule.name for rule in contract.rules][-1] == "order_amount_plausible"


def test_the_long_contract_of_the_page_loads(repository: Path) -> None:
    page = (repository / "docs" / "contract-forms.md").read_text(encoding="utf-8")
    long, overlay, _ = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    contract = read_contract(long, "contracts/silver/customers.yml")
    assert {"valid_email", "valid_customer_type", "valid_date_range", "age_usual"} <= {
        one.name for one in contract.rules
    }
    sample = (repository / "template" / "{{.project_name}}" / "contracts" / "silver" / "orders.yml").read_text("utf-8")
    merged = read_contract(sample + overlay, "contracts/silver/orders.yml", "dev")
    assert [one.rule for one in merged.disabled] == ["status_allowed"]
