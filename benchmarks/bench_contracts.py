"""How long 1,000 contracts take to be loaded and merged, and whether a wide contract compiles in linear time.

A fresh process loads a project of 1,000 contracts with project defaults, layer defaults and an overlay each, for one
target; wall time, imports included, best of three. 700 columns with 200 rules are compared with half of both in
processor time, which other processes do not change.

Run: .venv/bin/python benchmarks/bench_contracts.py
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "template" / "{{.project_name}}"
CONTRACTS = 1000
COLUMNS, RULES = 700, 200
CONTRACT = """\
# yaml-language-server: $schema=../../.vscode/contract.schema.json
table: silver.{name}
from: {name}_conformed
description: One row per order, as the shop knows it now.

keys: [order_id]
history:
  type: 1
  sequence_by: [changed_at, event_id]
  delete_when: change_type = 'delete'
  not_stored: [change_type, event_id]

columns:
  order_id:      {{type: string, description: Number on the invoice, rules: [regex: '^O-\\d+\\z']}}
  customer_id:   {{type: string, rules: [not_null]}}
  status:        {{type: string, rules: [allowed_values: [placed, paid, shipped, returned]]}}
  order_amount:  {{type: "decimal(12,2)", description: Gross, rules: [range: {{min: 0}}]}}
  currency_code: {{type: string, rules: [currency_code]}}
  contact_email: {{type: string, rules: [email], class: pii}}
  ordered_at:    {{type: timestamp}}
  change_type:   {{type: string}}
  changed_at:    {{type: timestamp}}
  event_id:      {{type: bigint}}

rules:
  changed_not_before_ordered: changed_at >= ordered_at
  order_amount_plausible: {{sql: order_amount < 100000, on_fail: warn}}
limits: {{quarantined: 10 %}}
targets:
  dev: {{on_fail: warn, limits: {{quarantined: 50 %}}, rules: {{status_allowed: {{limit: 5 %}}}}}}
"""
DEFAULTS = "owner: platform\ngovernance: {read: [analysts], retention: 7 years}\ntargets: {dev: {limits: {rows: 0}}}\n"
BUNDLE = "bundle: {name: shop}\ntargets: {dev: {default: true}, prod: {mode: production}}\n"
LOAD = """
import sys, time
from pathlib import Path
started = time.perf_counter()
sys.path.insert(0, sys.argv[1])
from medallion import load_contracts
contracts = load_contracts(Path(sys.argv[2]), target="dev")
print(time.perf_counter() - started, len(contracts), sum(contract.on_fail == "warn" for contract in contracts))
"""
COMPILE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from medallion import read_contract
texts = [Path(name).read_text() for name in sys.argv[2:]]
read_contract(texts[0])
for text in texts:
    best = 1e9
    for _ in range(3):
        started = time.process_time()
        contract = read_contract(text)
        best = min(best, time.process_time() - started)
    print(best, len(contract.columns), len(contract.rules))
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root)
        loads = [_run(LOAD, root)[0] for _ in range(3)]
        wide, half = root / "wide.yml", root / "half.yml"
        wide.write_text(wide_contract(COLUMNS, RULES), encoding="utf-8")
        half.write_text(wide_contract(COLUMNS // 2, RULES // 2), encoding="utf-8")
        small, large = _run(COMPILE, half, wide)
    seconds = min(load[0] for load in loads)
    ratio = large[0] / small[0]
    measures = [
        ("contracts_1000_loaded_and_merged", seconds, "s", "<= 3", seconds <= 3),
        ("contracts_1000_with_overlay", loads[0][2], "contracts", "== 1000", loads[0][1:] == [CONTRACTS, CONTRACTS]),
        ("contracts_700_columns_200_rules", large[0], "s", "<= 1", large[0] <= 1),
        ("contracts_wide_over_half", ratio, "x", "<= 2.6", ratio <= 2.6),
    ]
    for name, value, unit, aim, ok in measures:
        print(json.dumps({"name": name, "value": round(value, 3), "unit": unit, "aim": aim, "ok": ok}))
    return 0 if all(ok for *_, ok in measures) else 1


def write_project(root: Path) -> None:
    """A project folder with contracts, defaults and targets."""
    (root / "databricks.yml").write_text(BUNDLE, encoding="utf-8")
    folder = root / "contracts" / "silver"
    folder.mkdir(parents=True)
    (root / "contracts" / "defaults.yml").write_text(DEFAULTS, encoding="utf-8")
    (folder / "defaults.yml").write_text("limits: {freshness: 24h}\n", encoding="utf-8")
    for number in range(CONTRACTS):
        name = f"orders_{number:04}"
        (folder / f"{name}.yml").write_text(CONTRACT.format(name=name), encoding="utf-8")


def wide_contract(columns: int, rules: int) -> str:
    """A contract of so many columns; every second rule compares two columns, the others judge one."""
    lines = ["table: silver.wide", "from: wide_conformed", "columns:"]
    ranged = rules // 2
    for number in range(columns):
        use = ", rules: [range: {min: 0}]" if number < ranged else ""
        lines.append(f"  column_{number}: {{type: int{use}}}")
    pairs = ((number, (number * 7 + 1) % columns) for number in range(rules - ranged))
    lines += ["rules:", *(f"  pair_{one}: column_{one} <= column_{other}" for one, other in pairs)]
    return "\n".join(lines) + "\n"


def _run(code: str, *paths: Path) -> list[list[float]]:
    """The lines of numbers that a fresh process prints."""
    command = [sys.executable, "-c", code, str(PACKAGE), *map(str, paths)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    return [[float(word) for word in line.split()] for line in finished.stdout.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
