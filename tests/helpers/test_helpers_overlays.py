"""Defaults, layer defaults, contract and target are laid over each other in one order, by one set of rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract_samples import DAILY_SALES, LINES, ORDERS

from medallion import (
    Contract,
    MedallionContractError,
    contract_targets,
    contracts_by_target,
    load_contracts,
    open_contracts,
    project_files,
)

BUNDLE = """
bundle: {name: shop}
include: [resources/*.yml]
targets:
  dev: {default: true}
  prod: {mode: production}
"""
DEFAULTS = """
owner: platform
on_fail: drop
limits: {quarantined: 20 %, freshness: 48h, rows: {min: 1}}
governance: {read: [analysts, stewards], retention: 3 years, tags: {domain: shop, cost: it}}
monitoring: {channel: "slack:#data"}
targets:
  dev: {limits: {freshness: null}, monitoring: {channel: "slack:#dev"}}
"""
SILVER = """
on_fail: quarantine
governance: {tags: {cost: silver}}
"""
OVERLAY = """
targets:
  dev:
    on_fail: warn
    limits: {quarantined: 50 %}
    columns:
      status: {rules: [allowed_values: [placed, paid]]}
      order_amount: {rules: [range: {max: 10}, not_null]}
    rules:
      changed_not_before_ordered: {severity: minor, limit: 5 %}
      order_amount_plausible: order_amount < 5
      currency_code_known_currency: {disabled: test data has none}
      dev_only: {sql: order_id <> 'x', on_fail: tag}
"""


def project(root: Path, **files: str) -> Path:
    texts = {"databricks.yml": BUNDLE, "contracts/silver/orders.yml": ORDERS, **files}
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def loaded(root: Path, target: str | None = None) -> Contract:
    [contract] = load_contracts(root, target=target)
    return contract


def refused(root: Path, target: str | None = None) -> MedallionContractError:
    with pytest.raises(MedallionContractError) as raised:
        load_contracts(root, target=target)
    return raised.value


def currency_rule() -> str:
    """The derived name of the rule under currency_code."""
    from medallion import read_contract

    return next(rule.name for rule in read_contract(ORDERS).rules if rule.columns == ("currency_code",))


def overlaid(root: Path) -> Path:
    text = ORDERS + OVERLAY.replace("currency_code_known_currency", currency_rule())
    return project(root, **{"contracts/silver/orders.yml": text})


def test_what_no_file_states_otherwise_comes_from_below(tmp_path: Path) -> None:
    text = (
        ORDERS.replace("owner: sales-data\n", "").replace("on_fail: quarantine\n", "").replace(", freshness: 24h", "")
    )
    files = {
        "contracts/defaults.yml": DEFAULTS,
        "contracts/silver/defaults.yml": SILVER,
        "contracts/silver/orders.yml": text,
    }
    contract = loaded(project(tmp_path, **files))
    assert (contract.owner, contract.on_fail, contract.monitoring.channel) == ("platform", "quarantine", "slack:#data")
    assert contract.limits.quarantined_percent == 10
    assert contract.limits.freshness is not None
    assert (contract.limits.freshness.within_seconds, contract.limits.least_rows) == (48 * 3600, 1)
    assert contract.governance.read == ("analysts",)
    assert contract.governance.retention == "7 years"
    assert dict(contract.governance.tags) == {"domain": "shop", "cost": "silver"}


def test_a_target_stands_over_the_contract_and_takes_away_what_it_says_is_null(tmp_path: Path) -> None:
    root = project(tmp_path, **{"contracts/defaults.yml": DEFAULTS})
    assert loaded(root, "prod").limits.freshness is not None
    contract = loaded(root, "dev")
    assert (contract.limits.freshness, contract.limits.quarantined_percent) == (None, 10)
    assert contract.monitoring.channel == "slack:#dev"


def test_defaults_that_only_fit_made_tables_are_left_out_for_the_others(tmp_path: Path) -> None:
    files = {
        "contracts/defaults.yml": DEFAULTS,
        "contracts/gold/daily_sales.yml": DAILY_SALES.replace("rows: 1", "rows: 5"),
    }
    gold = next(one for one in load_contracts(project(tmp_path, **files)) if one.layer == "gold")
    assert (gold.on_fail, gold.limits.quarantined_percent, gold.limits.least_rows) == ("fail", None, 5)
    assert (gold.owner, gold.governance.tags) == ("platform", (("domain", "shop"), ("cost", "it")))


def test_without_a_target_overlays_do_not_hold(tmp_path: Path) -> None:
    root = overlaid(tmp_path)
    contract = loaded(root)
    assert (contract.on_fail, contract.limits.quarantined_percent, contract.disabled) == ("quarantine", 10, ())
    assert loaded(root, "prod").rules == contract.rules


def test_rules_are_changed_by_name(tmp_path: Path) -> None:
    contract = loaded(overlaid(tmp_path), "dev")
    rules = {rule.name: rule for rule in contract.rules}
    assert (contract.on_fail, contract.limits.quarantined_percent) == ("warn", 50)
    assert "IN ('placed', 'paid')" in rules["status_allowed"].condition
    assert "order_amount >= 0 AND order_amount <= 10" in rules["order_amount_in_range"].condition
    assert rules["order_amount_present"].kind == "not_null"
    changed = rules["changed_not_before_ordered"]
    assert (changed.severity, str(changed.limit.percent) if changed.limit else "") == ("minor", "5")
    assert "changed_at >= ordered_at" in changed.condition
    plausible = rules["order_amount_plausible"]
    assert (plausible.on_fail, "order_amount < 5" in plausible.condition) == ("warn", True)
    assert rules["dev_only"].on_fail == "tag"
    assert [(one.rule, one.reason) for one in contract.disabled] == [(currency_rule(), "test data has none")]


def test_every_value_keeps_the_place_it_came_from(tmp_path: Path) -> None:
    root = project(tmp_path, **{"contracts/defaults.yml": DEFAULTS.replace("freshness: 48h", "freshness: soon")})
    text = (root / "contracts/silver/orders.yml").read_text(encoding="utf-8")
    (root / "contracts/silver/orders.yml").write_text(text.replace(", freshness: 24h", ""), encoding="utf-8")
    error = refused(root)
    assert (error.path, error.line, error.column, error.found) == ("contracts/defaults.yml", 4, 40, "soon")


@pytest.mark.parametrize(
    ("overlay", "code", "help"),
    [
        ("staging: {on_fail: warn}", "MED340", None),
        ("prd: {on_fail: warn}", "MED340", "did you mean prod?"),
        ("dev: {on_fial: warn}", "MED303", "did you mean on_fail?"),
        ("dev: {keys: [status]}", "MED303", None),
        ("dev: {governance: {read: []}}", "MED303", None),
        ("dev: {columns: {order_amount: {type: int}}}", "MED303", None),
        ("dev: {columns: {status: {class: pii}}}", "MED303", None),
        ("dev: {columns: {statu: {rules: []}}}", "MED310", "did you mean status?"),
        ("dev: {rules: {status_alowed: {on_fail: warn}}}", "MED342", "did you mean status_allowed?"),
        ("dev: {rules: {status_allowed: status = 'a'}}", "MED342", "columns: status: rules:"),
        ("dev: {rules: {order_amount_typed: {on_fail: warn}}}", "MED342", None),
        ("dev: {rules: {status_allowed: {on_fial: warn}}}", "MED303", "did you mean on_fail?"),
        ("dev: {limits: {quarantined: many}}", "MED304", None),
        ("dev: [on_fail]", "MED304", None),
        ("dev: {rules: {status_allowed: null}}", "MED304", None),
        ("dev: {columns: {status: null}}", "MED304", None),
        ("dev: {columns: {status: {rules: null}}}", "MED304", None),
    ],
)
def test_a_wrong_overlay_is_refused_at_its_place(tmp_path: Path, overlay: str, code: str, help: str | None) -> None:
    text = f"{ORDERS}targets:\n  {overlay}\n"
    error = refused(project(tmp_path, **{"contracts/silver/orders.yml": text}), "dev")
    assert (error.code, error.path, error.line) == (code, "contracts/silver/orders.yml", len(text.splitlines()))
    assert help is None or help in str(error.help)


def test_an_overlay_is_checked_for_every_target_not_only_the_chosen_one(tmp_path: Path) -> None:
    text = f"{ORDERS}targets:\n  prod: {{on_fail: ignore}}\n"
    assert refused(project(tmp_path, **{"contracts/silver/orders.yml": text}), "dev").code == "MED304"


def test_an_implied_rule_says_why_it_cannot_be_changed(tmp_path: Path) -> None:
    text = f"{ORDERS}targets:\n  dev: {{rules: {{event_id_present: {{disabled: no ids}}}}}}\n"
    error = refused(project(tmp_path, **{"contracts/silver/orders.yml": text}), "dev")
    assert error.help == "types, keys and sequence imply this rule; it cannot be changed by itself"


def test_two_rules_of_one_kind_are_told_apart_by_name(tmp_path: Path) -> None:
    text = ORDERS.replace(
        "rules: [email], class: pii", "rules: [regex: {pattern: a, name: x}, regex: {pattern: b, name: y}]"
    )
    unnamed = f"{text}targets:\n  dev: {{columns: {{contact_email: {{rules: [regex: c]}}}}}}\n"
    root = project(tmp_path, **{"contracts/silver/orders.yml": unnamed})
    error = refused(root, "dev")
    assert (error.code, error.found) == ("MED342", "x, y")
    named = unnamed.replace("regex: c", "regex: {pattern: c, name: y}")
    contract = loaded(project(tmp_path, **{"contracts/silver/orders.yml": named}), "dev")
    assert [rule.name for rule in contract.rules if rule.columns == ("contact_email",)] == ["x", "y"]


@pytest.mark.parametrize("key", ["table: silver.a", "columns: {}", "rules: {a: b > 1}", "keys: [a]", "from: b"])
def test_defaults_say_nothing_that_only_a_contract_can(tmp_path: Path, key: str) -> None:
    error = refused(project(tmp_path, **{"contracts/defaults.yml": f"owner: us\n{key}\n"}))
    assert (error.code, error.path, error.line) == ("MED303", "contracts/defaults.yml", 2)


def test_targets_come_from_the_bundle_and_the_files_it_includes(tmp_path: Path) -> None:
    root = project(tmp_path, **{"resources/more.yml": "targets:\n  test: {}\n", "resources/a.yml": "resources: {}\n"})
    assert contract_targets(root) == ("dev", "prod", "test")
    with pytest.raises(MedallionContractError) as raised:
        open_contracts(root, "tset")
    assert (raised.value.code, raised.value.expected) == ("MED340", "dev, prod, test")


def test_without_a_bundle_every_target_may_be_named(tmp_path: Path) -> None:
    root = overlaid(tmp_path)
    (root / "databricks.yml").unlink()
    assert contract_targets(root) == ()
    assert loaded(root, "dev").on_fail == "warn"
    assert loaded(root, "elsewhere").on_fail == "quarantine"


def test_a_contract_may_stand_in_json_but_only_once(tmp_path: Path) -> None:
    json = '{"table": "silver.lines", "columns": {"x": {"type": "int", "rules": ["not_null"]}}}'
    root = project(tmp_path, **{"contracts/silver/lines.json": json, "contracts/silver/order_lines.yml": LINES})
    assert [one.name for one in load_contracts(root)] == ["lines", "order_lines", "orders"]
    (root / "contracts/silver/orders.json").write_text(json, encoding="utf-8")
    error = refused(root)
    assert (error.code, error.path, error.found) == (
        "MED344", "contracts/silver/orders.yml", "contracts/silver/orders.json",
    )  # fmt: skip


def test_json_in_another_place_is_told_where_it_belongs(tmp_path: Path) -> None:
    root = project(
        tmp_path, **{"contracts/silver/line.json": '{"table": "silver.lines", "columns": {"x": {"type": "int"}}}'}
    )
    assert refused(root).expected == "contracts/silver/lines.json"


def test_gates_ask_in_each_target_what_holds_there(tmp_path: Path) -> None:
    root = project(tmp_path, **{"contracts/defaults.yml": "targets:\n  dev: {limits: {quarantined: 77 %}}\n"})
    by_target = contracts_by_target(root)
    assert {name: found[0].limits.quarantined_percent for name, found in by_target.items()} == {"dev": 77, "prod": 10}
    gate = project_files(load_contracts(root), {}, targets=by_target)["jobs/gate_silver.sql"]
    [dev] = [part for part in gate.split("UNION ALL") if "77 %" in part and ":target" in part]
    assert ":target IN ('dev')" in dev
    [prod] = [part for part in gate.split("UNION ALL") if "'10 %'" in part and ":target" in part]
    assert ":target IN ('prod')" in prod


def test_without_overlays_no_gate_asks_for_the_target(tmp_path: Path) -> None:
    root = project(tmp_path)
    assert contracts_by_target(root) == {}
    assert ":target" not in project_files(load_contracts(root), {}, targets={})["jobs/gate_silver.sql"]
