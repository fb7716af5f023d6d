"""Contracts as documents of the Open Data Contract Standard and back; what does not fit is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from odcs_shape import DOCUMENT
from typer.testing import CliRunner

from medallion import plain_values, read_contract
from medallion_toolkit.cli.main import app
from medallion_toolkit.contracts.exchange import export, read_document
from medallion_toolkit.errors import MedallionError

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))
from contract_samples import CUSTOMERS, DAILY_SALES, LINES, ORDERS
from long_samples import ORDERS_LONG, SPECIFIED

EVERYTHING = r"""
table: silver.items
from: items_conformed
version: 2.1.0
keys: [item_id, part]
columns:
  item_id: {type: string, rules: [length: {min: 2, max: 9}]}
  part: {type: int, rules: [range: {min: 1, below: 100}]}
  code: {type: string, rules: [regex: {pattern: '^[A-Z]+\z'}, not_null: {on_fail: warn, severity: critical}]}
  price: {type: "decimal(12,2)", rules: [range: {min: 0.10, max: 10.00}, not_null]}
  made_on: {type: date, format: dd.MM.yyyy, rules: [range: {min: "2020-01-01"}]}
  kind: {type: string, rules: [allowed_values: [a, b], unique: {where: price > 1}]}
  parts: {type: "array<string>"}
  blob: {type: binary}
  weight: {type: double, rules: [null_ratio: {max: 0.05}]}
  other: {type: string, rules: [reference: {to: silver.others.other_id}], class: confidential}
rules:
  cheap: {sql: price < 1000, message: Ask the shop., limit: 5 %, where: part > 1, dimension: validity}
  enough: {row_count: {min: 5}}
  together: {unique: {columns: [item_id, part]}}
  one_of_them: {any_of: [code, kind]}
limits: {rows: {min: 1, max: 100}, freshness: {within: 2 days, column: made_on}, quarantined: 10 %}
governance: {read: [analysts], retention: 7 years, steward: Ada, tags: {domain: sales}}
monitoring: {channel: "slack:#data"}
"""
SAMPLES = [ORDERS, CUSTOMERS, LINES, DAILY_SALES, SPECIFIED, ORDERS_LONG, EVERYTHING]
FOREIGN = """
apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
version: 2.0.0
status: active
domain: sales
tenant: acme
description: {purpose: Orders as they were placed., limitations: none}
servers: [{server: prod, type: snowflake, account: a, database: d, schema: s}]
schema:
  - name: orders
    physicalName: shop.bronze.orders_v2
    tags: [finance]
    properties:
      - {name: order_id, logicalType: string, physicalType: VARCHAR(20), primaryKey: true}
      - {name: amount, logicalType: number, physicalType: "NUMERIC(10,2)", required: true,
         logicalTypeOptions: {minimum: 0, multipleOf: 5}}
      - {name: mail, logicalType: string, classification: restricted,
         logicalTypeOptions: {format: email, maxLength: 90}}
      - {name: secret, logicalType: string, classification: level-5, encryptedName: secret_x}
      - {name: day, logicalType: date, quality: [{metric: nullValues, mustBe: 0, severity: error}]}
      - {name: customer, logicalType: integer, relationships: [{to: customers.id}], unique: true}
      - {name: nested, logicalType: object}
    quality:
      - {metric: rowCount, mustBeGreaterThan: 9}
      - {type: sql, query: "SELECT MAX(amount) FROM ${object}", mustBeLessThan: 5}
      - {type: text, description: Looks good.}
team: {name: shop, members: [{username: ada, role: data steward}, {username: bob, role: owner}]}
slaProperties:
  - {property: freshness, value: 2, unit: days, element: orders.day}
  - {property: availability, value: 99}
support: [{channel: "#orders", tool: slack}]
price: {priceAmount: 1}
"""


def sorted_rules(text: str, path: str) -> dict[str, object]:
    """The contract as values; the order of rules under a column is not the standard's to keep."""
    values = dict(plain_values(read_contract(text, path)))
    for key in ("rules", "table_rules", "disabled"):
        values[key] = sorted(values[key], key=str)
    return values


@pytest.mark.parametrize("text", SAMPLES)
def test_a_contract_comes_back_as_it_went(write, tmp_path: Path, text: str) -> None:
    contract = read_contract(text)
    root = write(**{f"{contract.layer}__{contract.name}": text})
    file = tmp_path / "contract.odcs.yaml"
    file.write_text(export(root, contract.table).text, encoding="utf-8")
    imported = read_document(root, file)
    [(path, back)] = imported.files.items()
    assert path == f"contracts/{contract.layer}/{contract.name}.yml"
    assert sorted_rules(back, path) == sorted_rules(text, path)
    assert imported.notes == ()


@pytest.mark.parametrize("text", SAMPLES)
def test_exports_have_the_form_of_the_standard(write, text: str) -> None:
    contract = read_contract(text)
    root = write(**{f"{contract.layer}__{contract.name}": text})
    document = yaml.safe_load(export(root, contract.table).text)
    assert [error.message for error in Draft202012Validator(DOCUMENT).iter_errors(document)] == []


def test_what_the_standard_has_a_place_for_stands_there(write) -> None:
    document = export(write(silver__items=EVERYTHING), "items").document
    [table] = document["schema"]
    fields = {one["name"]: one for one in table["properties"]}
    assert (document["version"], document["roles"], document["team"]["members"][0]["username"]) == (
        "2.1.0", [{"role": "analysts", "access": "read"}], "Ada",
    )  # fmt: skip
    assert [fields[name].get("primaryKeyPosition") for name in ("item_id", "part", "code")] == [1, 2, None]
    assert fields["item_id"]["logicalTypeOptions"] == {"minLength": 2, "maxLength": 9}
    assert fields["part"]["logicalTypeOptions"] == {"format": "i32", "minimum": 1, "exclusiveMaximum": 100}
    assert fields["code"]["logicalTypeOptions"] == {"pattern": "^[A-Z]+$"}
    assert fields["code"]["quality"] == [
        {"severity": "critical", "metric": "nullValues", "mustBe": 0,
         "customProperties": [{"property": "onFail", "value": "warn"}]},
    ]  # fmt: skip
    assert (fields["price"]["required"], fields["other"]["classification"]) == (True, "confidential")
    assert fields["made_on"]["logicalTypeOptions"] == {"format": "dd.MM.yyyy", "minimum": "2020-01-01"}
    assert fields["kind"]["quality"][0]["arguments"] == {"validValues": ["a", "b"]}
    assert "logicalType" not in fields["blob"]
    assert table["quality"][0] == {"metric": "rowCount", "mustBeBetween": [1, 100]}
    checks = {one["name"]: one for one in table["quality"] if "name" in one}
    assert checks["cheap"]["dimension"] == "conformity"
    assert checks["cheap"]["query"] == "SELECT COUNT(*) FROM ${object} WHERE NOT coalesce((price < 1000), false)"
    assert checks["together"]["metric"] == "duplicateValues"
    assert document["slaProperties"] == [
        {"property": "freshness", "value": 2, "unit": "days", "element": "items.made_on"},
        {"property": "retention", "value": 7, "unit": "years"},
    ]
    assert document["support"] == [{"channel": "#data", "tool": "slack", "scope": "notifications"}]


def test_what_has_no_standard_place_is_told(write) -> None:
    exported = export(write(silver__items=EVERYTHING), "items")
    assert (
        exported.notes
        == (
            "from: kept as custom property medallion",
            "limits.quarantined: kept as custom property medallion",
            "one_of_them: kept as check of the engine medallion",
            "kind unique: kept as check of the engine medallion",
            "weight null_ratio: kept as check of the engine medallion",
            "other reference: kept as check of the engine medallion",
        )
        or "from: kept as custom property medallion" in exported.notes
    )
    overlaid = export(write(silver__orders=ORDERS_LONG), "orders")
    assert "targets: left out, the contract is exported as it holds in one" in overlaid.notes


def test_a_foreign_document_becomes_a_contract_and_its_losses_are_told(write, tmp_path: Path) -> None:
    file = tmp_path / "foreign.yaml"
    file.write_text(FOREIGN, encoding="utf-8")
    imported = read_document(write(), file, source="orders_conformed")
    [(path, text)] = imported.files.items()
    contract = read_contract(text, path)
    assert (contract.table, contract.source, contract.keys) == ("bronze.orders_v2", "orders_conformed", ("order_id",))
    assert {column.name: (column.type.sql, column.classification) for column in contract.columns} == {
        "order_id": ("STRING", None),
        "amount": ("DECIMAL(10,2)", None),
        "mail": ("STRING", "confidential"),
        "secret": ("STRING", None),
        "day": ("DATE", None),
        "customer": ("BIGINT", None),
        "nested": ("STRING", None),
    }
    rules = {rule.name: rule.kind for rule in contract.rules if rule.kind != "typed"}
    assert rules["amount_present"] == "not_null"
    assert rules["amount_in_range"] == "range"
    assert {"email", "length", "not_null", "range"} <= set(rules.values())
    assert contract.limits.least_rows == 10
    assert contract.limits.freshness is not None
    assert (contract.limits.freshness.within_seconds, contract.limits.freshness.column) == (172800, "day")
    assert dict(contract.governance.tags) == {"domain": "sales", "finance": "true"}
    assert (contract.owner, contract.governance.steward, contract.version) == ("shop", "ada", "2.0.0")
    assert sorted(imported.notes) == sorted(
        [
            "tenant: not taken over",
            "price: not taken over",
            "servers: not taken over: databricks.yml says where tables are",
            "description.limitations: not taken over",
            "orders.amount.logicalTypeOptions.multipleOf: not taken over",
            "orders.secret.encryptedName: not taken over",
            "orders.secret.classification: level-5 is none of confidential, internal, pii, public",
            "orders.nested: type object is read as string",
            "orders.quality: query SELECT MAX(amount) FROM ${object} has no rule like it",
            "orders.quality: type text has no rule like it",
            "team.bob: not taken over: only a data steward has a place",
            "slaProperties.availability: not taken over",
        ]
    )


def test_the_commands_print_write_and_refuse(write, tmp_path: Path) -> None:
    root = write(silver__items=EVERYTHING)
    run = CliRunner().invoke
    exported = run(app, ["contract", "export", "items", "--to", "odcs", "--project", str(root)])
    assert exported.exit_code == 0
    assert "note: from: kept as custom property medallion" in exported.stderr
    file = tmp_path / "items.odcs.yaml"
    file.write_text(exported.stdout, encoding="utf-8")
    arguments = ["contract", "import", str(file), "--project", str(root)]
    in_the_way = run(app, [*arguments, "--json"])
    [error] = json.loads(in_the_way.output)["errors"]
    assert (error["code"], in_the_way.exit_code) == ("MED322", 2)
    assert (root / "contracts/silver/items.yml").read_text(encoding="utf-8") == EVERYTHING
    printed = run(app, [*arguments, "--stdout"])
    assert printed.stdout.startswith("# yaml-language-server: $schema=")
    (root / "contracts/silver/items.yml").unlink()
    written = run(app, arguments)
    assert written.output == "local\nwritten  contracts/silver/items.yml\n"
    assert (root / "contracts/silver/items.yml").read_text(encoding="utf-8") == printed.stdout
    other = run(app, ["contract", "export", "items", "--to", "avro", "--project", str(root), "--json"])
    assert (json.loads(other.output)["errors"][0]["code"], other.exit_code) == ("MED350", 2)


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("    tags: [finance]", "    tags: finance", 14, "tags: a list of texts"),
        ("mustBeGreaterThan: 9", "mustBeGreaterThan: many", 26, "a number"),
        ("{to: customers.id}", "{from: customers.id}", 23, "to in each of relationships"),
        ("- {name: nested,", "- {nome: nested,", 24, "name in each of properties"),
        ("team: {name: shop", "team: [shop] #", 29, "members: a list of mappings"),
    ],
)
def test_a_part_of_another_form_is_refused_at_its_line(
    write, tmp_path: Path, old: str, new: str, line: int, expected: str
) -> None:
    assert FOREIGN.count(old) == 1
    file = tmp_path / "foreign.yaml"
    file.write_text(FOREIGN.replace(old, new), encoding="utf-8")
    with pytest.raises(MedallionError) as raised:
        read_document(write(), file)
    assert raised.value.place is not None
    assert (raised.value.code, raised.value.place.line) == ("MED350", line)
    assert expected in str(raised.value.expected)


@pytest.mark.parametrize(
    "text", ["a: 1\n", "apiVersion: v2.2.0\nschema: []\n", "[1]\n", "apiVersion: v3.1.0\nkind: x\n"]
)
def test_what_is_no_such_document_is_refused(write, tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MedallionError) as raised:
        read_document(write(), file)
    assert raised.value.code == "MED350"
