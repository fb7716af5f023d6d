"""Spark settings of pipelines: those that can change rows are in force for the pipeline, or refused by name."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from medallion_toolkit.errors import UnsupportedError
from medallion_toolkit.model import Flow
from medallion_toolkit.sql.spark_names import changes_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_lock = threading.Lock()
_in_force: dict[str, str] = {}
_replaced: dict[str, str | None] = {}


def use_settings(spark: SparkSession, configuration: Mapping[str, str]) -> None:
    """Put a pipeline's settings in force in the session, and those of the pipeline before it out of force."""
    wanted = {name: value for name, value in configuration.items() if changes_rows(name)}
    with _lock:
        if wanted == _in_force:
            return
        for name, value in _replaced.items():
            _set(spark, name, value)
        _replaced.clear()
        for name, value in wanted.items():
            if spark.conf.isModifiable(name):
                _replaced[name] = spark.conf.get(name, None)
                spark.conf.set(name, value)
        _in_force.clear()
        _in_force.update(wanted)


def _set(spark: SparkSession, name: str, value: str | None) -> None:
    if value is None:
        spark.conf.unset(name)
    else:
        spark.conf.set(name, value)


def check_settings(flow: Flow) -> None:
    """UnsupportedError for a setting of one flow that may change its rows: flows run side by side in one session."""
    for name, value in flow.options.items():
        if changes_rows(name):
            raise UnsupportedError(
                "MED402",
                f"spark_conf {name} of the flow {flow.name} is not supported locally",
                place=flow.place,
                found=f"{name} = {value}",
                help="set it for the whole pipeline under configuration:, where a local run follows it",
            )
