"""The pages about contracts and rules say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from medallion import read_contract
from medallion.contract_schema import contract_schema
from medallion_toolkit.generate.rules_page import rules_page


def test_the_page_of_rules_is_current(repository: Path) -> None:
    page = (repository / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == rules_page(repository / "template" / "{{.project_name}}")


def keys_of(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {key for one in schema for key in keys_of(one)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own | {key for name, one in schema.items() if name != "rules" for key in keys_of(one)}


def test_every_key_of_a_contract_is_explained(repository: Path) -> None:
    page = (repository / "docs" / "contracts.md").read_text(encoding="utf-8")
    rule_parameters = {"values", "min", "max", "above", "below", "exactly", "pattern", "name"}
    rules = set(re.findall(r"^## (\w+)$", rules_page(repository / "template" / "{{.project_name}}"), re.MULTILINE))
    wanted = keys_of(contract_schema()) - rules - rule_parameters
    assert len(wanted) >= 30
    assert [key for key in sorted(wanted) if not re.search(rf"`{key}`|\b{key}:|[{{ ,]{key}[,}}]", page)] == []


def test_the_contract_of_the_page_loads(repository: Path) -> None:
    page = (repository / "docs" / "contracts.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    contract = read_contract(example, "contracts/silver/orders.yml")
    assert [rule.name for rule in contract.rules][-1] == "order_amount_plausible"
