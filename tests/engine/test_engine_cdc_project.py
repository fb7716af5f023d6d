"""AUTO CDC as a project writes it: the documentation's own example, SQL and Python, one run for all."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from local_project import LocalProject

from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.engine.update import DatasetResult

USERS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.users
AS SELECT * FROM STREAM read_files('${landing}/users', format => 'json',
    schema => 'userId INT, name STRING, city STRING, operation STRING, sequenceNum INT');
"""
CHANGES = """CREATE TEMPORARY VIEW user_changes
AS SELECT * FROM STREAM(${bronze}.users) WHERE operation <> 'TRUNCATE';
"""
EU = "CREATE TEMPORARY VIEW eu AS SELECT * FROM STREAM(user_changes) WHERE city LIKE '%m%';"
OTHERS = "CREATE TEMPORARY VIEW others AS SELECT * FROM STREAM(user_changes) WHERE city NOT LIKE '%m%';"
CURRENT = """CREATE OR REFRESH STREAMING TABLE users_current;
CREATE FLOW users_current_flow AS AUTO CDC INTO users_current
FROM STREAM(${bronze}.users)
KEYS (userId)
APPLY AS DELETE WHEN operation = "DELETE"
APPLY AS TRUNCATE WHEN operation = "TRUNCATE"
SEQUENCE BY sequenceNum
COLUMNS * EXCEPT (operation, sequenceNum)
STORED AS SCD TYPE 1;
"""
HISTORY = """CREATE OR REFRESH STREAMING TABLE users_history;
CREATE FLOW users_history_flow AS AUTO CDC INTO users_history
FROM STREAM(user_changes)
KEYS (userId)
APPLY AS DELETE WHEN operation = "DELETE"
SEQUENCE BY sequenceNum
COLUMNS * EXCEPT (operation, sequenceNum)
STORED AS SCD TYPE 2;
"""
TRACKED = """CREATE OR REFRESH STREAMING TABLE users_tracked (
    CONSTRAINT named EXPECT (name IS NOT NULL) ON VIOLATION DROP ROW,
    CONSTRAINT placed EXPECT (city IS NOT NULL)
)
FLOW AUTO CDC
FROM STREAM(user_changes)
KEYS (userId)
APPLY AS DELETE WHEN operation = "DELETE"
SEQUENCE BY sequenceNum
COLUMNS * EXCEPT (operation, sequenceNum)
STORED AS SCD TYPE 2
TRACK HISTORY ON * EXCEPT (city);
"""
OLD_NAMES = """CREATE OR REFRESH STREAMING LIVE TABLE users_old;
APPLY CHANGES INTO LIVE.users_old
FROM STREAM(LIVE.user_changes)
KEYS (userId)
APPLY AS DELETE WHEN operation = "DELETE"
SEQUENCE BY sequenceNum
COLUMNS userId, city;
"""
SEVERAL = """CREATE OR REFRESH STREAMING TABLE users_all;
CREATE FLOW archive AS AUTO CDC ONCE INTO users_all FROM ${bronze}.archive KEYS (userId)
SEQUENCE BY sequenceNum COLUMNS * EXCEPT (operation, sequenceNum);
CREATE FLOW from_eu AS AUTO CDC INTO users_all FROM STREAM(eu) KEYS (userId)
SEQUENCE BY sequenceNum COLUMNS * EXCEPT (operation, sequenceNum);
CREATE FLOW from_others AS AUTO CDC INTO users_all FROM STREAM(others) KEYS (userId)
SEQUENCE BY sequenceNum COLUMNS * EXCEPT (operation, sequenceNum);
"""
ARCHIVE = """CREATE OR REFRESH MATERIALIZED VIEW ${bronze}.archive
AS SELECT 99 AS userId, 'Zoe' AS name, 'Lima' AS city, 'INSERT' AS operation, 0 AS sequenceNum;
"""
PYTHON = """
import dlt
from pyspark import pipelines as dp
from pyspark.sql.functions import col, expr

dp.create_streaming_table("users_python")
dp.create_auto_cdc_flow(
    target="users_python", source="user_changes", keys=[col("userId")], sequence_by=col("sequenceNum"),
    apply_as_deletes=expr("operation = 'DELETE'"), except_column_list=["operation", "sequenceNum"],
    stored_as_scd_type="2", track_history_column_list=["name"],
)
dlt.create_streaming_table("users_dlt")
dlt.apply_changes(
    target="users_dlt", source="user_changes", keys=["userId"], sequence_by="sequenceNum",
    apply_as_deletes="operation = 'DELETE'", column_list=["userId", col("name")], ignore_null_updates=True,
)
"""
FIRST = [
    (124, "Raul", "Oaxaca", "INSERT", 1),
    (123, "Isabel", "Monterrey", "INSERT", 1),
    (125, "Mercedes", "Tijuana", "INSERT", 2),
    (126, "Lily", "Cancun", "INSERT", 2),
    (123, None, None, "DELETE", 6),
    (125, "Mercedes", "Guadalajara", "UPDATE", 6),
    (125, "Mercedes", "Mexicali", "UPDATE", 5),
    (123, "Isabel", "Chihuahua", "UPDATE", 5),
]
NAMES = ("userId", "name", "city", "operation", "sequenceNum")
Shop = tuple[LocalProject, Mapping[str, DatasetResult]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> Shop:
    """The project after its first run."""
    files = {"users": CURRENT, "history": HISTORY, "tracked": TRACKED, "old": OLD_NAMES, "all": SEVERAL}
    files |= {"changes": CHANGES, "eu": EU, "others": OTHERS}
    texts = {f"sql/silver/{name}.sql": text for name, text in files.items()}
    texts |= {"sql/bronze/users.sql": USERS, "sql/bronze/archive.sql": ARCHIVE, "python/flows.py": PYTHON}
    project = LocalProject(tmp_path_factory.mktemp("cdc"), session_source, texts)
    project.deliver("truncate", [{"operation": "TRUNCATE", "sequenceNum": 3}], folder="users")
    project.deliver("first", [dict(zip(NAMES, row, strict=True)) for row in FIRST], folder="users")
    return project, project.results()


@pytest.mark.fidelity(
    "The documented example of SCD type 1 with a truncate leaves user 125 in Guadalajara and nobody else",
    source="ldp/cdc, Example: SCD type 1 processing with the TRUNCATE operation",
    verdict="same",
)
@pytest.mark.fidelity(
    "APPLY AS TRUNCATE WHEN empties the table of what is older; a truncate event needs no key",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, APPLY AS TRUNCATE WHEN",
    verdict="same",
)
@pytest.mark.fidelity(
    "APPLY AS DELETE WHEN takes the key's row away",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, APPLY AS DELETE WHEN",
    verdict="same",
)
@pytest.mark.fidelity(
    "COLUMNS * EXCEPT leaves columns of the source out of the target; conditions and SEQUENCE BY may still use them",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, COLUMNS",
    verdict="same",
)
def test_the_documented_type_1_example(shop: Shop) -> None:
    project, results = shop
    assert project.rows("silver.users_current") == [(125, "Mercedes", "Guadalajara")]
    assert results["silver.users_current"].counts.deleted == 1


@pytest.mark.fidelity(
    "The documented example of SCD type 2 gives seven versions with __START_AT and __END_AT",
    source="ldp/cdc, Example: SCD type 2 processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "The last version of a key has __END_AT NULL, an earlier one the sequence of the next event; a delete ends it",
    source="ldp/cdc, Example: SCD type 2 processing",
    verdict="same",
)
@pytest.mark.fidelity(
    "AUTO CDC reads a temporary view that prepares its events",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, source",
    verdict="same",
)
def test_the_documented_type_2_example(shop: Shop) -> None:
    assert shop[0].rows("silver.users_history") == [
        (123, "Isabel", "Chihuahua", 5, 6),
        (123, "Isabel", "Monterrey", 1, 5),
        (124, "Raul", "Oaxaca", 1, None),
        (125, "Mercedes", "Guadalajara", 6, None),
        (125, "Mercedes", "Mexicali", 5, 6),
        (125, "Mercedes", "Tijuana", 2, 5),
        (126, "Lily", "Cancun", 2, None),
    ]


@pytest.mark.fidelity(
    "TRACK HISTORY ON * EXCEPT (city): a new city changes the version in place, as in the documented example",
    source="ldp/cdc, Example: Track history for a subset of columns",
    verdict="same",
)
@pytest.mark.fidelity(
    "CREATE STREAMING TABLE … FLOW AUTO CDC declares table and flow in one statement",
    source="sql-ref-syntax-ddl-create-streaming-table-auto-cdc",
    verdict="same",
)
def test_an_inline_flow_tracks_history_on_some_columns(shop: Shop) -> None:
    assert shop[0].rows("silver.users_tracked") == [
        (123, "Isabel", "Chihuahua", 1, 6),
        (124, "Raul", "Oaxaca", 1, None),
        (125, "Mercedes", "Guadalajara", 2, None),
        (126, "Lily", "Cancun", 2, None),
    ]
    rules = shop[1]["silver.users_tracked"].counts.expectations
    assert [(rule.name, rule.failed) for rule in rules] == [("named", 0), ("placed", 0)]


@pytest.mark.fidelity(
    "APPLY CHANGES INTO is the old name of AUTO CDC, with the same clauses; SCD type 1 is the default",
    source="ldp/cdc, note on APPLY CHANGES",
    verdict="same",
)
@pytest.mark.fidelity(
    "COLUMNS lists the columns of the target",
    source="ldp/developer/ldp-sql-ref-apply-changes-into, COLUMNS",
    verdict="same",
)
def test_the_old_statement_and_chosen_columns(shop: Shop) -> None:
    assert shop[0].rows("silver.users_old") == [(124, "Oaxaca"), (125, "Guadalajara"), (126, "Cancun")]


@pytest.mark.fidelity(
    "create_auto_cdc_flow takes col() and expr() for keys, sequence and conditions",
    source="ldp/developer/ldp-python-ref-apply-changes",
    verdict="same",
)
@pytest.mark.fidelity(
    "apply_changes of dlt is the old name of create_auto_cdc_flow",
    source="ldp/developer/ldp-python-ref-apply-changes",
    verdict="same",
)
def test_flows_declared_in_python(shop: Shop) -> None:
    assert shop[0].rows("silver.users_python", "userId", "city", "__START_AT") == [
        (123, "Chihuahua", 1),
        (124, "Oaxaca", 1),
        (125, "Guadalajara", 2),
        (126, "Cancun", 2),
    ]
    assert shop[0].rows("silver.users_dlt") == [(124, "Raul"), (125, "Mercedes"), (126, "Lily")]


@pytest.mark.fidelity(
    "A later update of AUTO CDC reads only new events; a late one takes its place in the history",
    source="ldp/cdc, How AUTO CDC works",
    verdict="same",
)
@pytest.mark.fidelity(
    "AUTO CDC ONCE applies a batch source one time, beside the flows that stream into the same target",
    source="ldp/developer/ldp-sql-ref-create-flow, ONCE",
    verdict="same",
)
def test_a_second_run_applies_late_events_and_no_backfill(shop: Shop) -> None:
    project, first = shop
    assert first["silver.users_all"].counts.rows_in == 1 + 7
    assert [row[0] for row in project.rows("silver.users_all", "userId")] == [123, 124, 125, 126, 99]
    late = [
        (124, "Raul", "Puebla", "UPDATE", 2),
        (126, "Lily", "Merida", "UPDATE", 4),
        (None, None, None, "TRUNCATE", 4),
    ]
    project.deliver("late", [dict(zip(NAMES, row, strict=True)) for row in late], folder="users")
    chosen = ("bronze.users", "silver.users_all", "silver.users_current", "silver.users_history")
    second = project.results(select=chosen)
    assert second["silver.users_all"].counts.rows_in == 2
    assert project.rows("silver.users_current") == [(125, "Mercedes", "Guadalajara")]
    history = project.rows("silver.users_history")
    assert history[2:4] == [(124, "Raul", "Oaxaca", 1, 2), (124, "Raul", "Puebla", 2, None)]
    assert history[7:] == [(126, "Lily", "Cancun", 2, 4), (126, "Lily", "Merida", 4, None)]
