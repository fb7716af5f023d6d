"""A wrong contract is refused with its place, what was found, what was expected and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract_samples import LINES, ORDERS

from medallion import MedallionContractError, load_contracts, read_contract


def refused(text: str) -> MedallionContractError:
    with pytest.raises(MedallionContractError) as raised:
        read_contract(text, "orders.yml")
    return raised.value


def orders(old: str, new: str) -> str:
    assert old in ORDERS
    return ORDERS.replace(old, new)


def test_a_typo_in_a_key_names_the_nearest_key() -> None:
    error = refused(orders("keys: [order_id]", "keyz: [order_id]"))
    assert (error.code, error.line, error.column, error.found) == ("MED303", 6, 1, "keyz")
    assert error.help == "did you mean keys?"
    assert str(error).startswith("MED303 unknown key keyz   orders.yml:6:1")


def test_a_typo_deep_inside_is_found_at_its_own_place() -> None:
    error = refused(orders("rules: [email], class: pii", "rules: [email], clas: pii"))
    assert (error.code, error.line, error.column, error.help) == ("MED303", 18, 49, "did you mean class?")


def test_an_unknown_rule_says_where_the_rules_are_listed() -> None:
    error = refused(orders("[email]", "[emial]"))
    assert (error.code, error.line, error.found, error.help) == ("MED306", 18, "emial", "did you mean email?")
    assert error.expected == "a rule that `medallion rules` lists"


def test_a_type_with_an_unquoted_comma_is_explained() -> None:
    error = refused(orders('"decimal(12,2)"', "decimal(12,2)"))
    assert error.code == "MED303"
    assert error.help == 'inside {…} a comma ends the value, so put it in quotes: type: "decimal(12,2)"'


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ("type: timestamp}", "type: timestmp}", "MED313", "timestamp"),
        ("type: 1", "type: 3", "MED304", "1 | 2"),
        ("on_fail: quarantine", "on_fail: quarantaine", "MED304", "quarantine"),
        ("keys: [order_id]", "keys: order_id", "MED304", "a list"),
        ("keys: [order_id]", "keys: [order]", "MED310", "order_id"),
        ("keys: [order_id]", "keys: [order_id, order_id]", "MED302", "order_id"),
        ("sequence_by: [changed_at, event_id]", "sequence_by: [changed_on]", "MED310", "changed_at"),
        ("not_stored: [change_type, event_id]", "not_stored: [order_id]", "MED312", "order_id"),
        ("delete_when: change_type = 'delete'", "delete_when: chnge_type = 'delete'", "MED310", "change_type"),
        ("limits: {quarantined: 10 %", "limits: {quarantined: ten", "MED304", "5 %"),
        ("{sql: order_amount < 100000", "{sql: order_amount < 100000, sample: 0.001 %", "MED304", "0.01 %"),
        ("freshness: 24h", "freshness: soon", "MED304", "24h"),
        ("table: silver.orders", "table: orders", "MED304", "layer.table"),
        ("[not_null]", "[not_null: {on_fial: warn}]", "MED303", "on_fail"),
        ("[range: {min: 0}]", "[range: {min: 0, max: -1}]", "MED308", "no value"),
        ("[range: {min: 0}]", "[range: {min: 0, above: 1}]", "MED308", "one lower"),
        ("[range: {min: 0}]", "[range: {min: a}]", "MED308", "DECIMAL"),
        ("[range: {min: 0}]", "[range]", "MED308", "min"),
        ("[range: {min: 0}]", "[email]", "MED308", "DECIMAL"),
        ("[range: {min: 0}]", "[range: {min: 0}, range: {max: 9}]", "MED307", "order_amount_in_range"),
        ("{type: string, rules: [not_null]}", "{type: string, rules: [not_null, not_null]}", "MED307", "customer_id"),
        ("  changed_not_before_ordered:", "  order_id_present:", "MED307", "order_id_present"),
        ("  changed_not_before_ordered:", "  row_is_valid:", "MED307", "row_is_valid"),
        ("  changed_not_before_ordered:", "  Changed:", "MED304", "lower_snake"),
    ],
)
def test_each_mistake_has_its_code_and_says_what_is_meant(old: str, new: str, code: str, word: str) -> None:
    error = refused(orders(old, new))
    assert error.code == code
    assert word in str(error)
    assert error.line > 1


def test_a_dollar_in_a_pattern_is_refused_because_it_accepts_a_newline() -> None:
    error = refused(orders(r"'^O-\d+\z'", r"'^O-\d+$'"))
    assert (error.code, error.line) == ("MED308", 13)
    assert error.help == r"write ^O-\d+\z"


@pytest.mark.parametrize("pattern", [r"^a\$", "^[$]", r"^\d+\z", r"^(a|b)\z"])
def test_a_dollar_that_means_itself_is_allowed(pattern: str) -> None:
    assert read_contract(orders(r"'^O-\d+\z'", f"'{pattern}'")).rules


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("CAST(status AS INT) > 1", "use try_cast"),
        ("status::int > 1", "try_cast(a AS type)"),
        ("order_amount / event_id > 1", "try_divide(a, b)"),
        ("event_id % 2 = 0", "try_mod(a, b)"),
        ("event_id + 1 > 0", "try_add(a, b)"),
        ("2 * event_id > 0", "try_multiply(a, b)"),
        ("to_date(status) > ordered_at", "use try_to_date"),
        ("split(status, ',')[0] = 'a'", "get(array, index)"),
        ("status > 5", "give status its type"),
        ("changed_at > status", "give status its type"),
        ("rand() > 0.5", "same answer"),
        ("order_amount = (SELECT max(x) FROM t)", "past the row"),
        ("count(*) > 1", "past the row"),
        ("raise_error('x')", "same answer"),
        ("order_amount > 1; DROP TABLE t", "one expression"),
        ("order_amount > ${limit}", "one expression"),
        ("status = '${silver}'", "one expression"),
        ("(order_amount > 1", "bracket"),
        ("order_amount > 'a", "not readable"),
        ("ordr_amount > 1", "did you mean order_amount?"),
        ("order_amount > 1, order_amount < 5", "joined with AND or OR"),
        ("order_amount", "no condition"),
        ("order_amount > 1 AND", "both sides of AND"),
        ("order_amount > > 1", "both sides of >"),
        ("(order_amount >) OR status = 'a'", "both sides of >"),
        ("CASE WHEN order_amount > 1 THEN status = 'a'", "END for each CASE"),
        ("status IN (1, 2)", "give status its type"),
        ("status NOT BETWEEN -1 AND 5", "give status its type"),
        ("status = true", "give status its type"),
        ("status < DATE '2026-01-01'", "give status its type"),
        ("order_amount * status > 1", "use try_cast"),
        ("pmod(event_id, 0) = 1", "use try_mod"),
        ("smallint(status) > 1", "use try_cast"),
        ("median(order_amount) > 1", "past the row"),
        ("posexplode(split(status, ','))", "past the row"),
    ],
)
def test_sql_that_may_raise_or_looks_past_the_row_is_refused_with_advice(sql: str, word: str) -> None:
    text = ORDERS.replace("changed_at >= ordered_at", f'"{sql}"')
    error = refused(text)
    assert error.code == ("MED310" if "did you mean" in word else "MED309")
    assert error.line == 24
    assert word in str(error)


@pytest.mark.parametrize(
    "sql",
    [
        "order_amount > 1 AND status <> 'a;b'",
        "changed_at - INTERVAL 1 DAY < ordered_at",
        "`order_amount` BETWEEN 0 AND 10.5 OR order_amount IS NULL",
        "exists(split(status, ','), s -> s = 'a')",
        "try_divide(order_amount, event_id) < 3",
        "event_id > -1",
        "_rescued_data IS NULL",
        "ORDER_AMOUNT < 5 -- a comment",
        "extract(YEAR FROM changed_at) > 2000",
        "try_cast(status AS INT) > 1",
        "status NOT IN ('1', '2') AND event_id IN (-1, 2)",
        "try_cast(split(status, ',') AS array<int>) IS NOT NULL",
        "CASE WHEN event_id > 1 THEN status = 'a' ELSE NOT status = 'b' END",
        "from_json(status, 'start INT, end INT').end > 1",
        "status LIKE ANY ('a', 'b') OR NOT (status <=> NULL)",
    ],
)
def test_sql_that_judges_one_row_and_never_raises_is_accepted(sql: str) -> None:
    text = ORDERS.replace("changed_at >= ordered_at", f'"{sql}"')
    assert "changed_not_before_ordered" in [rule.name for rule in read_contract(text).rules]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"keys: [order_id]": "owner2: x"}, "owner2"),
        ({"keys: [order_id]\n": ""}, "a history needs keys"),
        ({"from: orders_conformed\n": "", "\nhistory:": "\n#history:"}, "unknown key"),
        ({"on_fail: quarantine": "on_fail: quarantine\nquarantine: flag"}, "a history cannot keep invalid rows"),
        ({"  type: 1\n": "  type: 2\n  truncate_when: change_type = 'all'\n"}, "truncate_when does not fit"),
        ({"  type: 1\n": "  type: 1\n  track: [status]\n"}, "track does not fit"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes: dict[str, str], word: str) -> None:
    text = ORDERS
    for old, new in changes.items():
        text = text.replace(old, new)
    if word == "unknown key":
        text = text.replace("#history:", "histori:")
    assert word in str(refused(text))


@pytest.mark.parametrize(
    ("addition", "what"),
    [
        ("on_fail: drop", "on_fail: drop"),
        ("quarantine: flag", "quarantine"),
        ("limits: {quarantined: 1 %}", "quarantined"),
        ("rules: {a: {sql: x > 1, on_fail: quarantine}}", "on_fail: quarantine"),
    ],
)
def test_a_contract_without_from_only_asserts(addition: str, what: str) -> None:
    error = refused(f"table: gold.sales\ncolumns: {{x: {{type: int}}}}\n{addition}\n")
    assert (error.code, error.message) == ("MED312", f"{what} needs from")


def test_a_contract_in_the_wrong_folder_names_the_right_one(tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "gold"
    folder.mkdir(parents=True)
    (folder / "order_lines.yml").write_text(LINES, encoding="utf-8")
    with pytest.raises(MedallionContractError) as raised:
        load_contracts(tmp_path)
    assert (raised.value.code, raised.value.expected) == ("MED311", "contracts/silver/order_lines.yml")


def test_a_contract_that_is_no_utf8_or_ends_in_yaml_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "contracts" / "silver"
    folder.mkdir(parents=True)
    (folder / "order_lines.yml").write_bytes(b"table: \xff\n")
    with pytest.raises(MedallionContractError, match="not readable as UTF-8"):
        load_contracts(tmp_path)
    (folder / "order_lines.yml").rename(folder / "order_lines.yaml")
    with pytest.raises(MedallionContractError, match=r"ends in \.yml"):
        load_contracts(tmp_path)


def test_two_spellings_of_one_column_are_refused() -> None:
    assert refused(orders("  event_id: ", "  Order_Id: {type: string}\n  event_id: ")).code == "MED302"


def test_carried_columns_that_nobody_knows_need_a_type() -> None:
    error = refused(LINES + "carry: [_row_id, _line]\n")
    assert (error.code, error.found) == ("MED310", "_line")
    assert "{_my_column: string}" in str(error.help)
    assert [refused(f"{LINES}carry: {{{name}: string}}\n").code for name in ("_errors", "_Errors", "__START_AT")] == [
        "MED312"
    ] * 3
    assert refused(LINES + "carry: [_row_id, _row_id]\n").code == "MED302"
