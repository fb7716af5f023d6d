"""Python functions that a pipeline registers for its SQL: those of one pipeline at a time are in the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medallion_toolkit.graph.model import Graph

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def register_functions(spark: SparkSession, graph: Graph, pipeline: str) -> None:
    """Make the functions of `pipeline` callable in SQL, and those of the project's other pipelines unknown."""
    mine = {function.name.lower() for function in graph.functions.get(pipeline, ())}
    others = {function.name.lower() for functions in graph.functions.values() for function in functions} - mine
    for name in sorted(others):
        spark.sql(f"DROP TEMPORARY FUNCTION IF EXISTS `{name}`")
    for function in graph.functions.get(pipeline, ()):
        function.register(spark)
