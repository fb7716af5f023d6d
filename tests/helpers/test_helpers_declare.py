"""Declared in Python and printed as SQL, a contract is the same datasets, flows and expectations."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract_samples import CUSTOMERS, LINES, ORDERS, contract

from medallion import read_contract, render_files, render_sql
from medallion_toolkit.model import Dataset
from medallion_toolkit.python.recording import Recording, record
from medallion_toolkit.sql.reader import read_sql
from medallion_toolkit.sql.statements import Statement

SEVERAL = """
table: silver.several
from: [a_conformed, b_conformed]
backfill: old_rows
evolution: add_nullable
columns: {id: {type: string, rules: [reference: {to: silver.customers.customer_id, on_fail: tag}]}, size: {type: int}}
"""
VIEWED = """
table: silver.viewed
from: rows_all
kind: materialized_view
columns:
  id: {type: string, rules: [unique: {on_fail: quarantine}]}
  size: {type: int, rules: [range: {min: 0, on_fail: fail}]}
"""
PARTS = """
table: silver.parts
from: parts_all
keys: [id]
history: {type: 2, snapshot_by: loaded_on, most_keys_lost: 20 %}
columns: {id: {type: int}, name: {type: string}, loaded_on: {type: date}}
"""
UNSTORED = """
table: silver.unstored
from: rows_conformed
quarantine: {stored: false}
columns: {id: {type: string}, size: {type: int, rules: [range: {min: 0, on_fail: drop}]}}
"""
CONTRACTS = {
    "orders": ORDERS,
    "customers": CUSTOMERS,
    "order_lines": LINES,
    "several": SEVERAL,
    "viewed": VIEWED,
    "parts": PARTS,
    "unstored": UNSTORED,
}
KINDS = ("streaming_table", "materialized_view", "temporary_view")
SCHEMAS = {"bronze": "b", "silver": "s", "gold": "g"}


@pytest.fixture
def recording(tmp_path: Path, repository: Path) -> Recording:
    package = repository / "template" / "{{.project_name}}" / "medallion"
    (tmp_path / "medallion").symlink_to(package)
    (tmp_path / "contracts" / "silver").mkdir(parents=True)
    for name, text in CONTRACTS.items():
        (tmp_path / "contracts" / "silver" / f"{name}.yml").write_text(text, encoding="utf-8")
    (tmp_path / "contracts.py").write_text(
        "from pathlib import Path\nfrom medallion import declare_tables\n"
        "declare_tables('silver', Path(__file__).parent)\n",
        encoding="utf-8",
    )
    return record(
        [tmp_path / "contracts.py"],
        root_path=tmp_path,
        configuration=SCHEMAS,
        catalog="c",
        schema="s",
        pipeline="ingest",
    )


def statements() -> list[Statement]:
    contracts = [read_contract(text, f"contracts/silver/{name}.yml") for name, text in CONTRACTS.items()]
    text = "\n".join(render_sql(one, SCHEMAS) for one in contracts)
    return list(read_sql(text, "rendered.sql").statements)


def expectations(dataset: Dataset | Statement) -> dict[str, tuple[str, str]]:
    return {one.name: (one.condition, one.action) for one in dataset.expectations}


def test_nothing_is_wrong_with_what_is_declared_or_printed(recording: Recording) -> None:
    assert recording.errors == ()
    assert [one.error for one in statements() if one.error] == []


def test_both_forms_have_the_same_datasets_columns_and_expectations(recording: Recording) -> None:
    declared = {one.name.removeprefix("c."): one for one in recording.datasets}
    printed = {str(one.name): one for one in statements() if one.kind in KINDS}
    assert set(declared) == set(printed)
    for name, dataset in declared.items():
        columns = [(one.name, one.type, one.comment, one.mask) for one in dataset.columns]
        assert columns == [(one.name, one.type, one.comment, one.mask) for one in printed[name].columns]
        assert expectations(dataset) == expectations(printed[name])
        assert dataset.comment == printed[name].comment
        assert dict(dataset.properties) == dict(printed[name].properties)


def test_both_forms_have_the_same_flows(recording: Recording) -> None:
    declared = {(one.name, one.target.removeprefix("c.")): one for one in recording.flows if one.kind != "complete"}
    printed = {(str(one.flow_name), str(one.target)): one for one in statements() if one.flow_name}
    assert set(declared) == set(printed)
    for key, flow in declared.items():
        if flow.cdc is None:
            continue
        other = printed[key].cdc
        assert other is not None
        assert (flow.cdc.source, flow.cdc.keys, flow.cdc.sequence_by) == (other.source, other.keys, other.sequence_by)
        assert (flow.cdc.scd_type, flow.cdc.delete_when) == (other.scd_type, other.delete_when)
        assert (flow.cdc.except_columns, flow.cdc.track_history) == (other.except_columns, other.track_history)


def test_streams_read_the_same_tables(recording: Recording) -> None:
    flows = [one for one in recording.flows if one.query]
    declared = {one.name.removeprefix("c."): {name for name, _ in one.query.reads or ()} for one in flows}
    printed = {str(one.flow_name or one.name): {read.name for read in one.inputs} for one in statements() if one.query}
    assert declared == printed


def test_ejected_files_hold_one_dataset_each_and_name_schemas_by_parameter() -> None:
    files = render_files(contract(ORDERS))
    assert list(files) == [
        "sql/silver/orders_checked.sql",
        "sql/silver/orders_quarantine.sql",
        "sql/silver/orders_valid.sql",
        "sql/silver/orders.sql",
    ]
    assert "CREATE OR REFRESH STREAMING TABLE ${silver}.orders (" in files["sql/silver/orders.sql"]
    assert "FROM STREAM(${silver}.orders_checked) WITH (SKIPCHANGECOMMITS)" in files["sql/silver/orders_valid.sql"]


def test_a_local_run_shows_the_contract_as_the_place_of_its_tables(recording: Recording) -> None:
    places = {one.name.removeprefix("c."): (one.place.path, one.place.line) for one in recording.datasets}
    assert places["s.orders_checked"] == ("contracts/silver/orders.yml", 2)
    assert places["customers_valid"] == ("contracts/silver/customers.yml", 2)
