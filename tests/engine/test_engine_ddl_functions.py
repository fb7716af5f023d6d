"""Functions and variables that queries name: of the project's job SQL, of Python, of the file itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import ORDERS

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.graph.project import load_project

SETUP = """CREATE OR REPLACE FUNCTION shop.silver.with_tax(amount INT) RETURNS INT RETURN amount + tax_of(amount);
CREATE OR REPLACE FUNCTION shop.silver.tax_of(amount INT) RETURNS INT RETURN amount DIV 5;
CREATE OR REPLACE FUNCTION shop.silver.above(least INT) RETURNS TABLE (id STRING)
    RETURN SELECT order_id FROM shop.bronze.orders WHERE CAST(orders.amount AS INT) > above.least;
CREATE OR REPLACE FUNCTION shop.silver.upper(text STRING) RETURNS STRING RETURN 'never';
"""
DECLARED = """DECLARE OR REPLACE VARIABLE least INT DEFAULT 10;
CREATE OR REPLACE TEMPORARY FUNCTION doubled(n INT) RETURNS INT RETURN n * 2;
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.large AS
SELECT order_id, doubled(CAST(amount AS INT)) AS twice FROM ${bronze}.orders WHERE amount >= least;
SET VAR least = least + 10;
CREATE OR REFRESH STREAMING TABLE ${silver}.larger
AS SELECT order_id FROM STREAM(${bronze}.orders) WHERE amount >= least;
"""
TAXED = """CREATE OR REFRESH STREAMING TABLE ${silver}.taxed AS
SELECT shop.silver.with_tax(CAST(amount AS INT)) AS gross, `silver`.tax_of(CAST(amount AS INT)) AS tax, upper(order_id)
    AS id FROM STREAM(${bronze}.orders);
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.high AS SELECT a.id FROM shop.silver.above(15) AS a;
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.tax AS SELECT shop.silver.tax_of(100) AS on_hundred;
CREATE OR REFRESH MATERIALIZED VIEW ${silver}.undeclared AS SELECT least AS x;
"""
PYTHON = """from pyspark import pipelines as dp
from pyspark.sql.functions import udf

@udf("string")
def shout(text):
    return text + "!"

def turned(text):
    return text[::-1]

spark.udf.register("turned_text", turned, "string")
spark.udf.register("shout_text", shout)

@dp.materialized_view(name="silver.shouted")
def shouted():
    return spark.read.table("bronze.orders").select(shout("order_id").alias("id"))
"""
CALLER = """CREATE OR REFRESH MATERIALIZED VIEW ${silver}.turned AS
SELECT turned_text(order_id) AS id, shout_text(order_id) AS loud FROM ${bronze}.orders;
"""


@pytest.mark.fidelity(
    "Queries call the SQL functions of Unity Catalog that jobs make, by full or completed name",
    source="ldp/developer/sql-dev",
    verdict="same",
)
@pytest.mark.fidelity(
    "SQL functions that return a table stand in FROM", source="sql-ref-syntax-ddl-create-sql-function", verdict="same"
)
@pytest.mark.fidelity(
    "Python functions registered with spark.udf.register are called in the SQL of their pipeline",
    source="ldp/developer/sql-ref",
    verdict="same",
)
@pytest.mark.fidelity(
    "Python functions decorated with @udf run in dataset functions", source="udf/python", verdict="same"
)
@pytest.mark.fidelity(
    "A session variable has the value that the statements before a query gave it",
    source="sql-ref-syntax-ddl-declare-variable",
    verdict="same",
)
@pytest.mark.fidelity(
    "A temporary SQL function is known to the statements behind it",
    source="sql-ref-syntax-ddl-create-sql-function",
    verdict="same",
)
def test_functions_and_variables_in_queries(tmp_path: Path, session_source: SessionOnDemand) -> None:
    files = {
        "setup/functions.sql": SETUP,
        "sql/bronze/orders.sql": ORDERS,
        "sql/silver/declared.sql": DECLARED,
        "sql/silver/taxed.sql": TAXED,
        "sql/silver/turned.sql": CALLER,
        "sql/gold/foreign.sql": "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.foreign AS SELECT turned_text('ab') AS x;",
        "python/functions.py": PYTHON,
    }
    shop = LocalProject(tmp_path, session_source, files)
    shop.deliver("day1", [{"order_id": "O-1", "amount": "10"}, {"order_id": "O-2", "amount": "20"}])
    results = shop.results()
    assert {name for name, one in results.items() if one.error} == {"silver.undeclared", "gold.foreign"}
    assert shop.rows("silver.taxed") == [(12, 2, "O-1"), (24, 4, "O-2")]
    assert shop.rows("silver.large") == [("O-1", 20), ("O-2", 40)]
    assert shop.rows("silver.larger") == [("O-2",)]
    assert shop.rows("silver.shouted") == [("O-1!",), ("O-2!",)]
    assert shop.rows("silver.turned") == [("1-O", "O-1!"), ("2-O", "O-2!")]
    assert shop.rows("silver.tax") == [(20,)]
    assert shop.rows("silver.high") == [("O-2",)]
    assert "UNRESOLVED_COLUMN" in str(results["silver.undeclared"].error)
    assert "UNRESOLVED_ROUTINE" in str(results["gold.foreign"].error)
    shop.write({"setup/functions.sql": SETUP.replace("amount DIV 5", "amount DIV 10")})
    again = shop.results()
    assert {name: again[name].outcome for name in ("silver.tax", "silver.large")} == {
        "silver.tax": "ok",
        "silver.large": "unchanged",
    }
    assert shop.rows("silver.tax") == [(10,)]


@pytest.mark.fidelity(
    "A pipeline makes no functions of Unity Catalog", source="platform.md §6", verdict="refused", code="MED219"
)
def test_a_function_of_the_catalog_is_not_made_in_a_pipeline(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = LocalProject(tmp_path, session_source, {"sql/silver/f.sql": SETUP.splitlines()[1]})
    with pytest.raises(MedallionError, match="MED219 a pipeline makes no functions of Unity Catalog"):
        project.open()


@pytest.mark.fidelity(
    "The condition of an expectation calls no Python function",
    source="ldp/expectations",
    verdict="refused",
    code="MED227",
)
def test_an_expectation_calls_no_python_function(tmp_path: Path, session_source: SessionOnDemand) -> None:
    rule = "CREATE OR REFRESH STREAMING TABLE ${silver}.t (CONSTRAINT turned EXPECT (turned_text(order_id) <> 'x')) "
    files = {"python/functions.py": PYTHON, "sql/bronze/orders.sql": ORDERS}
    project = LocalProject(
        tmp_path, session_source, {**files, "sql/silver/t.sql": f"{rule} AS SELECT * FROM STREAM(${{bronze}}.orders);"}
    )
    with pytest.raises(MedallionError, match=r"MED227 .* the Python function turned_text"):
        load_project(project.root)
