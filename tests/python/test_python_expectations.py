"""Expectations in all their forms, in the order they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_projects import dataset, record_text

ALL_ACTIONS = [("kept", "warn"), ("dropped", "drop"), ("failed", "fail")]


@pytest.mark.fidelity(
    "Expectation decorators stand above or below the dataset's, in any number",
    source="ldp/developer/ldp-python-ref-expectations",
    verdict="same",
)
def test_decorators_above_and_below_the_dataset_keep_their_order(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        @dp.expect("first", "a > 0")
        @dp.expect_or_drop("second", "b > 0")
        @dp.table
        @dp.expect_or_fail("third", "c > 0")
        @dp.expect_all({"fourth": "d > 0", "fifth": "e > 0"})
        def t():
            return spark.readStream.table("x")
        """,
    )

    expectations = dataset(recording, "shop.silver.t").expectations
    assert [(item.name, item.condition, item.action, item.place.line) for item in expectations] == [
        ("first", "a > 0", "warn", 3),
        ("second", "b > 0", "drop", 4),
        ("third", "c > 0", "fail", 6),
        ("fourth", "d > 0", "warn", 7),
        ("fifth", "e > 0", "warn", 7),
    ]


@pytest.mark.fidelity(
    "expect_all, expect_all_or_drop and expect_all_or_fail take dictionaries, in dp and dlt",
    source="ldp/developer/ldp-python-ref-expectations",
    verdict="same",
)
@pytest.mark.parametrize("module", ["from pyspark import pipelines as dp", "import dlt as dp"])
def test_dictionaries_of_rules_have_each_action(tmp_path: Path, module: str) -> None:
    recording = record_text(
        tmp_path,
        f"""
        {module}

        @dp.table()
        @dp.expect_all({{"kept": "a"}})
        @dp.expect_all_or_drop({{"dropped": "b"}})
        @dp.expect_all_or_fail({{"failed": "c"}})
        def t():
            return spark.readStream.table("x")
        """,
    )

    expectations = dataset(recording, "shop.silver.t").expectations
    assert [(item.name, item.action) for item in expectations] == ALL_ACTIONS


@pytest.mark.fidelity(
    "create_streaming_table takes expect_all, expect_all_or_drop and expect_all_or_fail",
    source="ldp/developer/ldp-python-ref-expectations",
    verdict="same",
)
def test_a_streaming_table_takes_rules_as_arguments(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from pyspark import pipelines as dp

        dp.create_streaming_table(
            "t", expect_all={"kept": "a"}, expect_all_or_drop={"dropped": "b"}, expect_all_or_fail={"failed": "c"}
        )
        """,
    )

    expectations = dataset(recording, "shop.silver.t").expectations
    assert [(item.name, item.action) for item in expectations] == ALL_ACTIONS


def test_rules_survive_a_decorator_of_the_project(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        from functools import wraps
        from pyspark import pipelines as dp

        def logged(function):
            @wraps(function)
            def call():
                return function()
            return call

        @dp.table
        @logged
        @dp.expect("has_id", "id IS NOT NULL")
        def t():
            return spark.readStream.table("x")
        """,
    )

    assert [item.name for item in dataset(recording, "shop.silver.t").expectations] == ["has_id"]


def test_views_have_expectations_too(tmp_path: Path) -> None:
    recording = record_text(
        tmp_path,
        """
        import dlt

        @dlt.view
        @dlt.expect("has_id", "id IS NOT NULL")
        def v():
            return spark.read.table("x")
        """,
    )

    assert [item.name for item in dataset(recording, "v").expectations] == ["has_id"]
