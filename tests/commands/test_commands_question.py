"""What a typed statement asks, and which statements are refused before anything starts."""

from __future__ import annotations

import pytest

from medallion_toolkit.engine.question import read_question
from medallion_toolkit.errors import MedallionError, render_error


@pytest.mark.parametrize(
    ("text", "kind", "asked"),
    [
        ("SELECT 1", "query", "SELECT 1"),
        ("  -- all\n select * from silver.orders ;\n", "query", "select * from silver.orders"),
        ("WITH a AS (SELECT 1 AS insert) SELECT insert FROM a", "query", None),
        ("(SELECT 1) UNION ALL (SELECT 2)", "query", None),
        ("FROM silver.orders |> WHERE status = 'INSERT INTO x'", "query", None),
        ("VALUES (1), (2)", "query", None),
        ("DESCRIBE silver.orders", "columns", "silver.orders"),
        ("desc table `silver`.`Orders`", "columns", "silver.orders"),
        ("DESCRIBE history", "columns", "history"),
        ("DESCRIBE HISTORY silver.orders;", "history", "silver.orders"),
        ("SHOW TABLES", "tables", ""),
        ("SHOW TABLES IN silver", "tables", "silver"),
    ],
)
def test_what_is_asked(text: str, kind: str, asked: str | None) -> None:
    question = read_question(text)
    assert (question.kind, question.text) == (kind, text if asked is None else asked)


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("INSERT INTO silver.orders SELECT 1", "MED452", "INSERT"),
        ("WITH a AS (SELECT 1) INSERT INTO silver.orders SELECT * FROM a", "MED452", "INSERT"),
        ("FROM a INSERT OVERWRITE b SELECT *", "MED452", "INSERT"),
        ("with a as (select 1) delete from b", "MED452", "delete"),
        ("DROP TABLE silver.orders", "MED452", "DROP"),
        ("OPTIMIZE silver.orders", "MED452", "OPTIMIZE"),
        ("SET spark.sql.ansi.enabled = false", "MED452", "SET"),
        ("SELECT 1;\nSELECT 2", "MED453", "SELECT"),
        ("SELEC 1", "MED453", "SELEC"),
        ("DESCRIBE EXTENDED silver.orders", "MED453", "silver"),
        ("DESCRIBE", "MED453", "DESCRIBE"),
        ("SHOW TABLES LIKE 'x'", "MED453", "LIKE"),
        ("SHOW FUNCTIONS", "MED453", "SHOW"),
        ("-- nothing", "MED453", None),
    ],
)
def test_what_writes_or_is_no_query_is_refused_at_its_word(text: str, code: str, marked: str | None) -> None:
    with pytest.raises(MedallionError) as caught:
        read_question(text)
    error = caught.value
    assert (error.code, error.found) == (code, marked)
    if marked is not None and error.place is not None:
        line = text.splitlines()[error.place.line - 1]
        assert line[error.place.column - 1 :].startswith(marked)
        assert f"{'^' * len(marked)} found {marked}" in render_error(error)
