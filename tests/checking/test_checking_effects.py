"""`medallion check` on the tables of a local run: what was, what is, what is only told and never guessed."""

from __future__ import annotations

import json

import pytest
from checked_project import CONTRACT, TOTALS_CONTRACT, VIEW, CheckedProject, counts, rule
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import MedallionError

pytestmark = pytest.mark.spark

ORDERS, VIEW_FILE = "contracts/silver/orders.yml", "sql/silver/orders_conformed.sql"
AS_IT_IS = {"status_allowed": (1, 1), "amount_typed": (1, 1), "amount_in_range": (1, 1), "email_email": (1, 1)}


def test_an_unchanged_contract_fails_the_same_rows_and_writes_nothing(checked: CheckedProject) -> None:
    before = checked.tables()
    effect = checked.check()
    assert counts(effect) == AS_IT_IS
    assert effect.share.as_dict() == {
        "before": 3,
        "now": 3,
        "rows": 6,
        "percent_before": 50.0,
        "percent_now": 50.0,
        "limit_percent": 30.0,
        "limit_rows": None,
        "ok": False,
    }
    assert checked.tables() == before


def test_a_stricter_rule_tells_the_rows_it_newly_fails_first(checked: CheckedProject) -> None:
    with checked.changed({ORDERS: CONTRACT.replace("paid, returned]", "paid, refunded]")}):
        effect = checked.check(examples=2)
        text = effect.as_text()
    found = rule(effect, "status_allowed")
    assert (found.before, found.now) == (1, 3)
    assert [(one.key, one.value, one.is_new) for one in found.examples] == [
        ("3", "returned", True),
        ("4", "returned", True),
    ]
    assert (effect.share.before, effect.share.now) == (3, 4)
    assert "1 fail → 3 fail   (+2: 'returned' 3, 4)" in text
    assert "50.0 % → 66.7 %   limit 30 %   MISSED" in text
    assert "1 fail   as before" in text


def test_a_changed_type_is_asked_of_the_values_as_they_came(checked: CheckedProject) -> None:
    with checked.changed(
        {
            ORDERS: CONTRACT.replace(
                'amount: {type: "decimal(12,2)", rules: [range: {min: 0}]}',
                "amount: {type: string, rules: [regex: '^[0-9]+\\z']}",
            )
        }
    ):
        effect = checked.check()
    assert counts(effect)["amount_matches"] == (None, 2)
    assert counts(effect)["amount_typed"] == (1, None)
    assert {one.value for one in rule(effect, "amount_matches").examples} == {"12,50", "-1"}


def test_values_are_normalized_before_they_are_judged(checked: CheckedProject) -> None:
    normalized = CONTRACT.replace("{min: 0}]}", "{min: 0}], normalize: [{number: ','}]}").replace(
        "status: {type: string, ", "status: {type: string, normalize: [{mapped: [lost=paid]}], "
    )
    with checked.changed({ORDERS: normalized}):
        effect = checked.check(quarantined=True)
    assert {name: counts(effect).get(name) for name in ("status_allowed", "amount_typed")} == {
        "status_allowed": (1, 0),
        "amount_typed": (1, 0),
    }
    assert (effect.share.before, effect.share.now, effect.release.would_pass) == (3, 2, 1)


def test_a_changed_view_is_run_anew_over_bronze(checked: CheckedProject) -> None:
    with checked.changed({VIEW_FILE: VIEW.replace("amount,", "replace(amount, ',', '.') AS amount,")}):
        effect = checked.check(quarantined=True)
    assert counts(effect)["amount_typed"] == (1, 0)
    assert (effect.share.before, effect.share.now) == (3, 2)
    assert (effect.release.quarantined, effect.release.would_pass, effect.release.ran_anew) == (3, 1, True)
    assert effect.notes[0] == "now: the present view, run anew over all rows of bronze"
    assert effect.notes[-1].startswith("stored rows are not judged again; medallion quarantine replay silver.orders")


NEW_COLUMN = CONTRACT.replace("carry:", "  op: {type: string, rules: [not_null]}\ncarry:")


def test_a_new_column_comes_from_bronze(checked: CheckedProject) -> None:
    with checked.changed({VIEW_FILE: VIEW.replace("email,", "email, op,"), ORDERS: NEW_COLUMN}):
        effect = checked.check()
    assert counts(effect)["op_present"] == (None, 6)
    assert effect.base == "HEAD"


def test_a_new_column_that_cannot_be_run_anew_is_not_guessed(checked: CheckedProject) -> None:
    view = VIEW.replace("email,", "email, op,").replace(";", "\nQUALIFY row_number() OVER (ORDER BY op) > 0;")
    with checked.changed({VIEW_FILE: view, ORDERS: NEW_COLUMN}):
        effect = checked.check(quarantined=True)
    assert rule(effect, "op_present").now is None
    assert "no stored row has op" in str(rule(effect, "op_present").unanswerable)
    assert {name: counts(effect)[name] for name in AS_IT_IS} == AS_IT_IS
    assert effect.notes[0].startswith(f"{VIEW_FILE} cannot be run anew over bronze: QUALIFY looks at other rows")
    assert (effect.release.quarantined, effect.release.ran_anew) == (3, False)


def test_a_rule_that_looks_into_another_table_is_asked_of_that_table_now(checked: CheckedProject) -> None:
    rules = "order_id: {type: string, rules: [reference: {to: bronze.orders.amount, on_fail: quarantine}]}"
    with checked.changed({ORDERS: CONTRACT.replace("order_id: {type: string}", rules)}):
        effect = checked.check(examples=1)
    found = next(one for one in effect.rules if one.before is None)
    assert (found.now, found.examples[0].key, effect.share.now) == (6, "1", 6)


def test_masked_values_stay_masked(checked: CheckedProject) -> None:
    effect = checked.check()
    assert {one.value for one in rule(effect, "email_email").examples} == {"***"}
    assert "no address" not in json.dumps(effect.as_dict())


def test_a_masked_key_is_told_by_its_row_id(checked: CheckedProject) -> None:
    with checked.changed(
        {ORDERS: CONTRACT.replace("order_id: {type: string}", "order_id: {type: string, class: pii}")}
    ):
        effect = checked.check()
    assert [one.key for one in rule(effect, "status_allowed").examples] == ["r5"]


def test_a_base_contract_that_does_not_load_is_told(checked: CheckedProject) -> None:
    checked.local.write({ORDERS: CONTRACT.replace("type: string}", "type: strng}")})
    checked.git("add", "--all")
    checked.git("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "broken")
    checked.local.write({ORDERS: CONTRACT})
    effect = checked.check()
    earlier = checked.check(base="HEAD~1")
    checked.git("reset", "--quiet", "HEAD~1")
    assert effect.base is None
    assert effect.notes[0].startswith(f"{ORDERS} of HEAD cannot be read: ")
    assert {name: now for name, (_, now) in counts(effect).items()} == dict.fromkeys(AS_IT_IS, 1)
    assert (earlier.base, counts(earlier)) == ("HEAD~1", AS_IT_IS)


def test_without_a_name_only_what_differs_is_checked(checked: CheckedProject) -> None:
    assert checked.result().tables == ()
    assert checked.result().as_text().endswith("no contract and no view below one differs from HEAD")
    with checked.changed({"contracts/gold/totals.yml": TOTALS_CONTRACT.replace("min: 2", "min: 1")}):
        result = checked.result()
    assert [table.table for table in result.tables] == ["gold.totals"]


def test_a_contract_that_only_asserts_is_asked_of_its_table(checked: CheckedProject) -> None:
    effect = checked.check("gold.totals")
    found = rule(effect, "orders_in_range")
    assert (effect.rows, found.before, found.now, found.limit, found.ok) == (3, 3, 3, "0 rows", False)
    assert effect.share is None
    with pytest.raises(MedallionError, match="MED652"):
        checked.check("gold.totals", quarantined=True)


def test_the_command_says_where_and_ends_with_1_when_a_limit_is_missed(checked: CheckedProject) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        ended = CliRunner().invoke(app, ["check", *arguments, "--project", str(checked.root)])
        return ended.exit_code, ended.output

    code, text = run("orders")
    assert (code, text.splitlines()[0]) == (1, "local · nothing is written")
    code, markdown = run("orders", "--markdown")
    assert (code, markdown) == (1, f"```\n{text}```\n")
    code, text = run("silver.orders", "--json")
    shown = json.loads(text)
    assert (code, shown["missed"], shown["tables"][0]["table"]) == (1, True, "silver.orders")
    assert run("silver.order")[0] == 2
    assert run("orders", "--base", "nowhere")[0] == 2
