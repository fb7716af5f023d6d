"""`medallion contract diff` says of each change whom it breaks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from medallion import plain_values, read_contract, read_nodes, written_rules
from medallion_toolkit.cli.main import app
from medallion_toolkit.contracts.change import Change, Version
from medallion_toolkit.contracts.column_changes import column_changes
from medallion_toolkit.contracts.rule_changes import rule_changes
from medallion_toolkit.contracts.setting_changes import setting_changes

ORDERS = r"""
table: silver.orders
from: orders_conformed
keys: [order_id]
history: {type: 2, sequence_by: [changed_at], track: [status], delete_when: op = 'd', not_stored: [op]}
columns:
  order_id: {type: string}
  status: {type: string, rules: [allowed_values: [placed, paid]]}
  amount: {type: int, rules: [range: {min: 0, max: 100}]}
  price: {type: "decimal(10,2)"}
  email: {type: string, class: internal}
  born_on: {type: date, format: dd.MM.yyyy}
  changed_at: {type: timestamp}
  op: {type: string}
rules:
  cheap: price < 1000
  seen: {sql: amount > 1, on_fail: warn, limit: 5 %}
  kept: {sql: amount > 2, where: price > 1}
limits: {quarantined: 10 %, freshness: 24h, rows: {min: 10, max: 100}, completeness: 99 %}
governance: {read: [analysts], retention: 3 years}
"""
R, P = ("readers",), ("producers",)
CASES = [
    ("  email: {type: string, class: internal}\n", "", "column email", "removed", R),
    ("  op: {type", "  note: {type: string}\n  op: {type", "column note", "added", ()),
    ("  op: {type", "  note: {type: string, rules: [not_null]}\n  op: {type", "column note", "added", P),
    (
        "  op: {type",
        "  note: {type: string, rules: [not_null: {on_fail: warn}]}\n  op: {type",
        "column note",
        "added",
        (),
    ),
    ("amount: {type: int,", "amount: {type: bigint,", "column amount", "type widened", ()),
    ("amount: {type: int,", "amount: {type: smallint,", "column amount", "type narrowed", P),
    ("decimal(10,2)", "decimal(12,2)", "column price", "type widened", ()),
    ("decimal(10,2)", "decimal(10,4)", "column price", "type changed", R + P),
    ("email: {type: string", "email: {type: binary", "column email", "type changed", R + P),
    ("class: internal", "class: pii", "column email", "masked from now on", R),
    ("class: internal", "class: public", "column email", "classified otherwise", ()),
    ("dd.MM.yyyy", "yyyy-MM-dd", "column born_on", "read in another format", P),
    ("not_stored: [op]", "not_stored: [op, email]", "column email", "no longer stored", R),
    (", not_stored: [op]", "", "column op", "stored from now on", ()),
    ("class: internal}", "class: internal, description: Mail}", "column email", "described otherwise", ()),
    ("[placed, paid]", "[placed]", "rule status_allowed", "stricter", P),
    ("[placed, paid]", "[placed, paid, sent]", "rule status_allowed", "looser", R),
    ("[placed, paid]", "[placed, sent]", "rule status_allowed", "changed", R + P),
    ("min: 0, max: 100", "min: 1, max: 100", "rule amount_in_range", "stricter", P),
    ("min: 0, max: 100", "min: 0, max: 200", "rule amount_in_range", "looser", R),
    ("min: 0, max: 100", "min: 0", "rule amount_in_range", "looser", R),
    ("min: 0, max: 100", "min: 5, max: 200", "rule amount_in_range", "changed", R + P),
    ("max: 100}]", "max: 100, on_fail: warn}]", "rule amount_in_range", "looser", R),
    ("max: 100}]", "max: 100, on_fail: fail}]", "rule amount_in_range", "handled otherwise", P),
    ("max: 100}]", "max: 100, on_fail: drop}]", "rule amount_in_range", "handled otherwise", ()),
    ("max: 100}]", "max: 100, disabled: not now}]", "rule amount_in_range", "looser", R),
    ("max: 100}]", "max: 100, severity: minor}]", "rule amount_in_range", "another severity", ()),
    ("price < 1000", "price < 2000", "rule cheap", "changed", R + P),
    ("  cheap: price < 1000\n", "", "rule cheap", "removed", R),
    ("  cheap:", "  new: price > 0\n  cheap:", "rule new", "added", P),
    ("  cheap:", "  new: {sql: price > 0, on_fail: warn}\n  cheap:", "rule new", "added", ()),
    ("on_fail: warn, limit", "limit", "rule seen", "stricter", P),
    ("limit: 5 %", "limit: 1 %", "rule seen", "stricter", ()),
    (", where: price > 1", "", "rule kept", "stricter", P),
    ("where: price > 1", "where: price > 2", "rule kept", "changed", R + P),
    ("where: price > 1", "where: price > 1, sample: 10 %", "rule kept", "looser", R),
    ("keys: [order_id]", "keys: [order_id, email]", "keys", "changed", R + P),
    (
        "{type: 2, sequence_by: [changed_at], track: [status]",
        "{type: 1, sequence_by: [changed_at]",
        "history",
        "changed",
        R,
    ),
    ("sequence_by: [changed_at]", "sequence_by: [changed_at, op]", "history sequence_by", "changed", P),
    ("track: [status]", "track: [status, price]", "history track", "changed", ()),
    ("op = 'd'", "op = 'D'", "history delete_when", "changed", P),
    ("quarantined: 10 %", "quarantined: 5 %", "limits: quarantined", "stricter", P),
    ("quarantined: 10 %", "quarantined: 20 %", "limits: quarantined", "looser", R),
    ("freshness: 24h", "freshness: 2 days", "limits: freshness", "looser", R),
    (", freshness: 24h", "", "limits: freshness", "looser", R),
    ("quarantined: 10 %", "quarantined: 10 %, failed: 3 rows", "limits: failed", "stricter", P),
    ("min: 10, max", "min: 20, max", "limits: rows min", "stricter", P),
    ("max: 100}, comp", "max: 90}, comp", "limits: rows max", "stricter", P),
    ("completeness: 99 %", "completeness: 98 %", "limits: completeness", "looser", R),
    ("read: [analysts]", "read: []", "role analysts", "may no longer read", R),
    ("read: [analysts]", "read: [analysts, auditors]", "role auditors", "may read", ()),
    ("3 years", "2 years", "retention", "shorter", R),
    ("3 years", "40 months", "retention", "longer", ()),
    ("keys: [order_id]", "keys: [order_id]\ncarry: [_row_id]\nowner: us", "carry", "fewer metadata columns", R),
    ("keys: [order_id]", "keys: [order_id]\nevolution: fail", "evolution", "changed", P),
]


def version(text: str) -> Version:
    return Version(plain_values(read_contract(text)), written_rules(read_nodes(text, "c.yml")))


def edited(old: str, new: str) -> str:
    """The contract with one edit; without its metadata columns it cannot state a freshness."""
    return ORDERS.replace(old, new).replace(", freshness: 24h", "" if "carry" in new else ", freshness: 24h")


def changes(old: str, new: str) -> list[Change]:
    one, other = version(old), version(new)
    return [*column_changes(one, other), *setting_changes(one, other), *rule_changes(one, other)]


@pytest.mark.parametrize(("old", "new", "subject", "what", "breaks"), CASES)
def test_each_change_says_whom_it_breaks(old: str, new: str, subject: str, what: str, breaks: tuple[str, ...]) -> None:
    assert ORDERS.count(old) == 1
    found = {(one.subject, one.what): one for one in changes(ORDERS, edited(old, new))}
    assert (subject, what) in found
    assert found[(subject, what)].breaks == breaks
    others = [one for key, one in found.items() if key != (subject, what) and key[0] == subject]
    assert others == []


def test_a_contract_does_not_differ_from_itself_however_it_is_written() -> None:
    respelled = ORDERS.replace("[allowed_values: [placed, paid]]", "[allowed_values: {values: [placed, paid]}]")
    respelled = respelled.replace("cheap: price < 1000", "cheap: {sql: price < 1000}")
    assert changes(ORDERS, respelled) == []


def test_every_breaking_change_says_what_to_do() -> None:
    silent = []
    for old, new, *_ in CASES:
        silent += [one for one in changes(ORDERS, edited(old, new)) if one.breaks and not one.advice]
    assert [(one.subject, one.what) for one in silent] == []


def test_a_column_that_may_have_a_new_name_is_pointed_at() -> None:
    text = (
        ORDERS.replace("  price: {", "  price_eur: {")
        .replace("price <", "price_eur <")
        .replace("price >", "price_eur >")
    )
    [removed] = [one for one in changes(ORDERS, text) if one.what == "removed"]
    assert (removed.subject, removed.advice) == ("column price", "if price_eur is its new name, give both for a while")


@pytest.fixture
def repository_of(write):
    """A git repository with the contracts of a first commit."""

    def committed(**texts: str) -> Path:
        root = write(**texts)
        if not (root / ".git").exists():
            git(root, "init", "-q")
        git(root, "add", "contracts", "databricks.yml")
        git(root, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "--allow-empty", "-m", "first")
        return root

    return committed


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def test_the_command_compares_with_a_revision_and_ends_with_1_when_it_breaks(repository_of) -> None:
    gone = "table: gold.sales\ncolumns: {day: {type: date}}\n"
    root = repository_of(silver__orders=ORDERS, gold__sales=gone)
    (root / "contracts/silver/orders.yml").write_text(ORDERS.replace("[placed, paid]", "[paid]"), encoding="utf-8")
    (root / "contracts/gold/sales.yml").unlink()
    (root / "contracts/gold/days.yml").write_text(gone.replace("sales", "days"), encoding="utf-8")
    arguments = ["contract", "diff", "HEAD", "--project", str(root)]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 1
    assert (
        shown.output
        == """\
local · contracts against HEAD · 3 compared

gold.days   contracts/gold/days.yml
    table  added

gold.sales   contracts/gold/sales.yml
  ! table  removed   breaks readers
      keep the table until nobody reads it; `medallion describe` names the consumers

silver.orders   contracts/silver/orders.yml
  ! rule status_allowed  stricter   allowed_values [placed, paid] → allowed_values [paid]   breaks producers
      `medallion check` counts the rows it hits; stored rows are not judged again

3 changes, 2 breaking
"""
    )
    only = CliRunner().invoke(app, [*arguments, "days", "--json"])
    document = json.loads(only.output)
    assert (only.exit_code, document["compared"], document["breaking"]) == (0, 1, False)


def test_nothing_changed_is_said_and_ends_with_0(repository_of) -> None:
    root = repository_of(silver__orders=ORDERS)
    shown = CliRunner().invoke(app, ["contract", "diff", "HEAD", "orders", "--project", str(root)])
    assert (shown.exit_code, shown.output) == (0, "local · contracts against HEAD · 1 compared\n\nno changes\n")


def test_defaults_of_the_revision_count_too(repository_of) -> None:
    root = repository_of(silver__orders=ORDERS, __defaults="limits: {failed: 5 %}\nowner: us\n")
    (root / "contracts/defaults.yml").write_text("limits: {failed: 5 %}\nowner: them\n", encoding="utf-8")
    document = json.loads(
        CliRunner().invoke(app, ["contract", "diff", "HEAD", "--project", str(root), "--json"]).output
    )
    [contract] = document["contracts"]
    assert [(one["subject"], one["before"], one["after"]) for one in contract["changes"]] == [("owner", "us", "them")]


def test_an_unknown_revision_and_an_unreadable_past_are_explained(repository_of, tmp_path: Path) -> None:
    root = repository_of(silver__orders="table: silver.orders\ncolums: {}\n")
    (root / "contracts/silver/orders.yml").write_text(ORDERS, encoding="utf-8")
    for revision, code, exit_code in (("nowhere", "MED347", 2), ("HEAD", "MED349", 1)):
        result = CliRunner().invoke(app, ["contract", "diff", revision, "--project", str(root), "--json"])
        [error] = json.loads(result.output)["errors"]
        assert (error["code"], result.exit_code) == (code, exit_code)


def test_a_project_outside_of_git_is_told_so(write, tmp_path: Path, repository: Path) -> None:
    (tmp_path / "medallion").symlink_to(repository / "template" / "{{.project_name}}" / "medallion")
    result = CliRunner().invoke(app, ["contract", "diff", "HEAD", "--project", str(tmp_path), "--json"])
    [error] = json.loads(result.output)["errors"]
    assert (error["code"], result.exit_code) == ("MED348", 3)
