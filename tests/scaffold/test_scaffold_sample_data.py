"""The sample shop: its files come out the same byte for byte, and hold what the truth file says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from medallion_toolkit.scaffold.project import find_template

ROOT = find_template()
FIXTURES = ROOT / "template" / "{{.project_name}}" / "fixtures"
TRUTH = json.loads((ROOT / "sample_data" / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("sample")
    subprocess.run([sys.executable, "-m", "sample_data.generate", "--output", str(output)], cwd=ROOT, check=True)
    return output


def contents(folder: Path) -> dict[str, bytes]:
    made = (path for path in folder.rglob("*") if path.is_file() and path.name not in (".gitkeep", "README.md"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in made}


def test_the_files_are_made_again_byte_for_byte(regenerated: Path) -> None:
    assert contents(regenerated / "fixtures") == contents(FIXTURES)


def test_the_truth_is_made_again_byte_for_byte(regenerated: Path) -> None:
    assert (regenerated / "truth.json").read_bytes() == (ROOT / "sample_data" / "truth.json").read_bytes()


def test_the_files_are_small() -> None:
    assert sum(len(content) for content in contents(FIXTURES).values()) <= 1_000_000


def test_the_first_day_has_the_promised_orders() -> None:
    orders = TRUTH["2026-11-20"]["silver.orders"]
    assert (orders["in"], orders["valid"], orders["quarantined"]) == (412, 389, 23)


def test_every_row_is_valid_or_quarantined() -> None:
    counts = [table for day in TRUTH.values() for table in day.values() if "valid" in table]
    assert [count for count in counts if count["in"] != count["valid"] + count["quarantined"]] == []
    assert len(counts) == 12


def test_the_sources_come_in_three_formats() -> None:
    assert {
        path.suffix for path in (FIXTURES / "landing").rglob("*.*") if path.is_file() and path.name != ".gitkeep"
    } == {
        ".json",
        ".csv",
        ".parquet",
    }


def test_the_feed_has_what_feeds_have() -> None:
    lines = [
        line
        for path in sorted((FIXTURES / "landing" / "orders").glob("*.json"))
        for line in path.read_text("utf-8").splitlines()
    ]
    events = [json.loads(line) for line in lines if line.endswith("}")]
    numbers = [event["event_id"] for event in events]
    deletes = [event for event in events if event["op"] == "delete" and "order_id" in event]
    assert len(lines) - len(events) == 1, "one line that is no JSON"
    assert len(numbers) > len(set(numbers)), "events that come twice"
    assert numbers != sorted(numbers), "events out of order"
    assert {event["op"] for event in events} == {"insert", "update", "delete"}
    assert all(set(event) == {"order_id", "op", "changed_at", "event_id"} for event in deletes)
    assert any(line.count("channel") for line in lines), "a field that nobody announced"


def test_no_gate_of_the_sample_is_near_its_limit_on_either_day() -> None:
    """10 percent may be quarantined, 20 of the flagged reviews; both days stay below, the currencies at nothing."""
    for day in TRUTH.values():
        for name, table in day.items():
            if table.get("valid"):
                assert table["quarantined"] / table["in"] < (0.2 if name == "silver.reviews" else 0.1), name
        assert day["silver.currencies"]["quarantined"] == 0


def test_the_contracts_use_many_kinds_of_rule_and_every_mode() -> None:
    from medallion import load_contracts

    contracts = load_contracts(FIXTURES.parent)
    kinds = {rule.kind for one in contracts for rule in (*one.rules, *one.table_rules)} - {"sql"}
    assert len(kinds) >= 25
    assert {one.making.mode for one in contracts if one.source} == {"split", "flag", "tag"}
