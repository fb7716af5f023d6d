"""Decorators make contracts: registered at import, in any order, with the place of everything that is wrong."""

from __future__ import annotations

import py_compile
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.machinery import SourcelessFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import permutations
from pathlib import Path

import pytest
from decorated_projects import PACKAGE

from medallion import Contract, MedallionContractError
from medallion.decorators import (
    Decorator,
    Settings,
    bronze,
    compliance,
    decorate,
    decorator,
    documentation,
    gold,
    governance,
    medallion,
    metric,
    performance,
    reference_check,
    registry,
    silver,
    slowly_changing_dimension,
    statistical_validate,
    validate,
)
from medallion.decorators import test as tested

EMAIL = {"name": "email_is_one", "column": "email", "type": "email"}
POSITIVE = {"name": "amount_is_positive", "column": "amount", "min_value": 0}


@pytest.fixture(autouse=True)
def empty_registry() -> Iterator[None]:
    registry().clear()
    yield
    registry().clear()


def customers(spark: object) -> object:
    """Customers as the shop knows them."""
    return ("rows of", spark)


def made(*decorators: Decorator, function: Callable[..., object] = customers) -> Contract:
    """The contract of a function under these decorators."""
    decorate(function, *decorators)
    contract = next(iter(registry())).contract
    assert contract is not None
    return contract


def refused(code: str, *decorators: Decorator) -> MedallionContractError:
    decorate(customers, *decorators)
    with pytest.raises(MedallionContractError) as error:
        registry().check()
    assert error.value.code == code
    return error.value


def rules(contract: Contract) -> dict[str, str]:
    return {rule.name: rule.on_fail for rule in contract.rules}


def test_a_stack_becomes_one_contract() -> None:
    @silver(columns={"amount": "decimal(12,2)", "changed_at": "timestamp"})
    @validate(rules=[EMAIL, POSITIVE, {"name": "in_order", "condition": "begins_on <= ends_on"}])
    @slowly_changing_dimension(keys=["customer_id"], track_columns=["email"], effective_from="changed_at")
    @governance(classification="internal", owner="crm", columns={"email": "pii"}, retention="7 years")
    @compliance(regulations=["gdpr", "ccpa"], right_to_be_forgotten=True)
    @documentation("Customers and their versions.", data_dictionary="docs/customers.csv")
    def clients(spark: object) -> object:
        raise AssertionError(spark)

    declared = registry().find("clients")
    assert declared is not None
    contract = declared.contract
    assert contract is not None
    assert (contract.table, contract.owner, contract.keys) == ("silver.clients", "crm", ("customer_id",))
    assert contract.description == "Customers and their versions."
    assert rules(contract) == dict.fromkeys(
        ["amount_typed", "amount_is_positive", "changed_at_typed", "changed_at_present", "customer_id_present",
         "email_is_one", "in_order"], "quarantine",
    )  # fmt: skip
    assert contract.history is not None
    assert (contract.history.type, contract.history.track) == (2, ("email",))
    assert contract.column("email").is_masked
    assert contract.column("customer_id").classification == "internal"
    assert (contract.compliance.regulations, contract.compliance.right_to_be_forgotten) == (("gdpr", "ccpa"), True)
    assert declared.datasets == ("clients", "clients_checked", "clients_quarantine", "clients_valid")
    assert declared.properties["medallion.data_dictionary"] == "docs/customers.csv"


def test_every_order_gives_the_same_contract_and_datasets() -> None:
    stack = (
        silver(columns={"amount": "decimal(12,2)"}, on_fail="quarantine"),
        validate(rules=[EMAIL]),
        validate(rules=[POSITIVE], on_fail="warn"),
        slowly_changing_dimension(keys=["customer_id"], effective_from="changed_at"),
    )
    found = []
    for order in permutations(stack):
        registry().clear()
        found.append((made(*order), registry().making("customers_quarantine") is not None))
    assert len(found) == 24
    assert all(one == found[0] for one in found)
    assert rules(found[0][0])["amount_is_positive"] == "warn"


def test_the_function_stays_what_it_was() -> None:
    function = decorate(customers, silver(), validate(rules=[EMAIL]))
    assert function("a session") == ("rows of", "a session")
    assert (function.__name__, function.__doc__, function.__wrapped__) == (
        "customers", "Customers as the shop knows them.", customers,
    )  # fmt: skip
    assert made(silver(), validate(rules=[EMAIL])).description == "Customers as the shop knows them."


def test_columns_that_nobody_judges_keep_their_type_and_the_others_have_one() -> None:
    contract = made(
        silver(), validate(rules=[EMAIL], columns={"amount": "int"}),
        statistical_validate("normal", column="age", mean=45, std_dev=15),
        slowly_changing_dimension(keys=["customer_id"], effective_from="changed_at"),
    )  # fmt: skip
    making = next(iter(registry())).making
    assert making.composed is not None
    assert making.composed.untouched == {"customer_id", "changed_at"}
    types = {column.name: column.type.sql for column in contract.columns}
    assert (types["email"], types["age"], types["amount"]) == ("STRING", "DOUBLE", "INT")
    checked = making.planned.plans[0].flows[0].steps[0].select
    assert checked[0].startswith("* EXCEPT (")
    assert not any("customer_id" in part for part in checked)


def test_statistics_judge_rows_and_tables() -> None:
    contract = made(
        silver(), statistical_validate("normal", column="age", mean=45, std_dev=15, outlier_action="quarantine"),
        statistical_validate(column="purchase_amount", min_value=0, max_value=10_000),
    )  # fmt: skip
    on_fail = rules(contract)
    assert (on_fail["age_usual"], on_fail["purchase_amount_usual"]) == ("quarantine", "tag")
    assert [rule.kind for rule in contract.table_rules] == ["distribution"]


def test_without_quarantine_rules_only_warn() -> None:
    assert set(rules(made(bronze(), validate(rules={"named": "name IS NOT NULL"}, quarantine=False))).values()) == {
        "warn"
    }


def test_references_become_rules_of_their_columns() -> None:
    contract = made(silver(), reference_check({"shop_id": "silver.shops.shop_id"}, severity="critical"))
    found = [(one.name, one.columns, one.severity, one.on_fail) for one in contract.rules if one.kind == "reference"]
    assert found == [("shop_id_known", ("shop_id",), "critical", "quarantine")]


def test_what_later_work_acts_on_stands_in_registry_and_properties() -> None:
    decorate(
        customers,
        gold(),
        metric("revenue", "sum(amount)", ["country", "day"]),
        tested(golden_dataset="golden/customers.json", scenarios=["missing_values", "schema_change"]),
        performance(partitioning_strategy="time", z_order_columns=["customer_id"]),
        compliance(["gdpr"]),
        governance(owner="crm"),
    )
    declared = registry().find("customers")
    assert declared is not None
    assert (declared.contract, declared.layer, declared.is_stream) == (None, "gold", False)
    assert declared.properties == {
        "medallion.metric.revenue": "sum(amount) BY country, day",
        "medallion.test.golden_dataset": "golden/customers.json",
        "medallion.test.scenarios": "missing_values, schema_change",
        "medallion.performance.partitioning_strategy": "time",
        "medallion.performance.z_order_columns": "customer_id",
        "medallion.compliance.regulations": "gdpr",
        "medallion.owner": "crm",
    }
    assert {use.name for use in declared.decorators} == {
        "gold", "metric", "test", "performance", "compliance", "governance",
    }  # fmt: skip
    assert declared.settings["testing"] == {
        "golden_datasets": [{"path": "golden/customers.json"}],
        "scenarios": [{"name": "missing_values"}, {"name": "schema_change"}],
    }
    assert tested.__test__ is False


def test_functions_made_in_a_loop_are_decorated_with_decorate() -> None:
    for shop in ("bremen", "lyon"):
        decorate(lambda spark: spark, silver(name=f"orders_{shop}", streaming=True), validate(rules=[EMAIL]))
    assert [one.name for one in registry()] == ["orders_bremen", "orders_lyon"]
    assert {contract.table for contract in registry().contracts()} == {"silver.orders_bremen", "silver.orders_lyon"}


def test_a_function_may_make_decorated_functions() -> None:
    def orders_of(shop: str) -> None:
        @silver(name=f"orders_{shop}", streaming=True)
        @validate(rules=[EMAIL])
        def orders(spark: object) -> object:
            return spark

    orders_of("bremen")
    orders_of("lyon")
    registry().check()
    assert [(one.name, len(one.decorators)) for one in registry()] == [("orders_bremen", 2), ("orders_lyon", 2)]


def test_what_is_only_described_makes_no_further_dataset() -> None:
    decorate(customers, gold(), documentation("Sales.", columns={"day": "The day."}))
    declared = registry().find("customers")
    assert declared is not None
    assert declared.contract is not None
    assert declared.contract.column("day").description == "The day."
    assert declared.datasets == ("customers",)


def test_a_decorator_kept_in_a_variable_may_stand_below_others() -> None:
    strict = validate(rules=[EMAIL])

    @silver()
    @strict
    def clients(spark: object) -> object:
        return spark

    @silver()
    @strict
    def partners(spark: object) -> object:
        return spark

    assert [len(contract.rules) for contract in registry().contracts()] == [1, 1]
    with pytest.raises(MedallionContractError) as error:
        strict(partners)
    assert (error.value.code, error.value.line) == ("MED384", strict.position.line)


def test_an_own_decorator_is_a_function_that_gives_settings() -> None:
    @decorator
    def kept_for(years: int) -> Settings:
        return Settings(
            contract={"governance": {"retention": f"{years} years"}}, needs=("governance",),
            properties={"shop.kept_for": str(years)},
        )  # fmt: skip

    contract = made(silver(), validate(rules=[EMAIL]), kept_for(7), governance(owner="crm"))
    assert contract.governance.retention == "7 years"
    assert next(iter(registry())).properties["shop.kept_for"] == "7"
    with pytest.raises(MedallionContractError, match=r"MED382 @kept_for needs governance"):
        decorate(customers, silver(), kept_for(7))

    @decorator
    def wrong() -> Settings:
        return {"owner": "crm"}

    with pytest.raises(MedallionContractError, match=r"MED389 the decorator wrong gives no settings"):
        wrong()


def test_unknown_arguments_name_the_nearest_and_the_line() -> None:
    with pytest.raises(MedallionContractError) as error:
        validate(rules=[EMAIL], severty="minor")
    assert (error.value.code, error.value.help) == ("MED381", "did you mean severity?")
    assert error.value.path.endswith("test_helpers_decorators.py")
    assert error.value.line > 0
    with pytest.raises(MedallionContractError, match=r"MED381 @silver does not know the option colums"):
        silver(colums={})
    with pytest.raises(MedallionContractError, match=r"MED381 @metric: .*aggregation"):
        metric("revenue")
    with pytest.raises(MedallionContractError, match=r"MED381 @statistical_validate needs a column"):
        statistical_validate()
    with pytest.raises(MedallionContractError, match=r"MED381 @silver stands without parentheses"):
        silver(customers)


def test_two_decorators_that_differ_are_refused_with_both_places() -> None:
    first = silver(owner="crm")
    second = governance(owner="sales")
    error = refused("MED383", validate(rules=[EMAIL]), first, second)
    assert error.message == "two decorators say different things of owner"
    assert {error.line, int(str(error.expected).rsplit(":", 1)[1])} == {first.position.line, second.position.line}
    with pytest.raises(MedallionContractError, match=r"MED383 .*layer"):
        decorate(customers, silver(), gold())


def test_what_a_decorator_needs_is_named() -> None:
    with pytest.raises(MedallionContractError) as error:
        decorate(customers, silver(), slowly_changing_dimension(effective_from="changed_at"))
    assert (error.value.code, error.value.expected) == ("MED382", 'say which columns identify a row: keys=["…"]')
    with pytest.raises(MedallionContractError, match=r"add @bronze\(\), @silver\(\) or @gold\(\)"):
        decorate(customers, validate(rules=[EMAIL]))
    with pytest.raises(MedallionContractError, match=r"MED381 there is no such layer.*did you mean silver"):
        decorate(customers, medallion(layer="silvr"))


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("MED306", {"name": "a", "column": "email", "type": "emial"}),
        ("MED308", {"name": "a", "column": "email", "min_value": 1}),
        ("MED309", {"name": "a", "condition": "count(email) > 1"}),
        ("MED303", {"name": "a", "column": "email", "type": "email", "patern": "x"}),
    ],
)
def test_errors_of_the_contract_have_the_line_of_the_decorator(code: str, rule: dict[str, object]) -> None:
    wrong = validate(rules=[rule])
    error = refused(code, silver(), wrong)
    assert error.line == wrong.position.line


def test_a_decorator_above_the_one_that_makes_the_dataset_is_refused() -> None:
    with pytest.raises(MedallionContractError) as error:
        validate(rules=[EMAIL])(None)
    assert error.value.code == "MED380"
    assert "move @validate below it" in str(error.value.help)


def test_two_functions_of_one_name_are_refused() -> None:
    def others(spark: object) -> object:
        return spark

    decorate(customers, silver(), validate(rules=[EMAIL]))
    decorate(others, silver(name="customers_checked"))
    with pytest.raises(MedallionContractError) as error:
        registry().check()
    assert (error.value.code, error.value.found) == ("MED386", "others")


def test_code_without_source_is_understood_by_its_lines(tmp_path: Path) -> None:
    source, compiled = tmp_path / "without_source.py", tmp_path / "without_source.pyc"
    source.write_text(
        "from medallion.decorators import silver, validate\n\nNAMED = {'named': 'a IS NOT NULL'}\n\n"
        "def dataset(function):\n    return function\n\n"
        "@dataset\n@silver()\n@validate(rules=NAMED)\ndef under(spark):\n    return spark\n\n"
        "@silver()\n@validate(rules=NAMED)\ndef alone(spark):\n    return spark\n"
    )
    py_compile.compile(str(source), cfile=str(compiled))
    source.unlink()
    loader = SourcelessFileLoader("without_source", str(compiled))
    spec = spec_from_loader("without_source", loader)
    assert spec is not None
    loader.exec_module(module_from_spec(spec))
    standing = {one.name: (one.standing, one.datasets) for one in registry()}
    assert standing == {
        "under": ("under a dataset decorator", ("under", "under_quarantine")),
        "alone": ("alone", ("alone", "alone_checked", "alone_quarantine")),
    }


def test_importing_needs_neither_spark_nor_a_session_and_running_says_that_it_does() -> None:
    code = (
        "import sys\n"
        "from medallion.decorators import decorate, registry, silver, validate\n"
        "f = decorate(lambda spark: spark, silver(name='t'), validate(rules={'named': 'a IS NOT NULL'}))\n"
        "registry().check()\n"
        "assert 'pyspark' not in sys.modules, 'pyspark was imported'\n"
        "assert f('session') == 'session'\n"
        "f()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=False)
    assert "MED388 a dataset function runs in a session, and none is active" in done.stderr
    assert "pyspark was imported" not in done.stderr


def test_hundreds_of_functions_are_imported_quickly(repository: Path, tmp_path: Path) -> None:
    sys.path[:0] = [str(repository / "benchmarks"), str(tmp_path)]
    try:
        import bench_decorators

        bench_decorators.write_module(tmp_path, "decorated_in_hundreds", 200)
        started = time.process_time()
        bench_decorators.import_seconds("decorated_in_hundreds")
        assert time.process_time() - started < 3
    finally:
        del sys.path[:2]
        sys.modules.pop("decorated_in_hundreds", None)
    assert len(registry()) == 200
