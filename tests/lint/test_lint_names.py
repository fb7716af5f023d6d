"""Old names and their repairs, layout, streams of tables that change."""

from __future__ import annotations

from lint_project import JudgedProject, codes
from small_project import DATABRICKS

from medallion_toolkit.lint.samples import BRONZE

HEADERS = {
    "CREATE LIVE TABLE": "CREATE OR REFRESH MATERIALIZED VIEW",
    "CREATE OR REFRESH LIVE TABLE": "CREATE OR REFRESH MATERIALIZED VIEW",
    "CREATE TEMPORARY LIVE TABLE": "CREATE OR REFRESH PRIVATE MATERIALIZED VIEW",
    "CREATE LIVE VIEW": "CREATE TEMPORARY VIEW",
    "create  live\ntable": "CREATE OR REFRESH MATERIALIZED VIEW",
}


def test_headers_get_their_current_words(judged: JudgedProject) -> None:
    query = "-- LIVE.orders stays in a comment\nAS SELECT order_id, 'LIVE.x' AS said FROM LIVE.orders;\n"
    files = {f"sql/silver/copy_{n}.sql": f"{before} copy_{n} {query}" for n, before in enumerate(HEADERS)}
    judged.lint(files, fix=True)
    for n, (path, after) in enumerate(zip(files, HEADERS.values(), strict=True)):
        assert judged.text(path) == f"{after} copy_{n} {query.replace('FROM LIVE.', 'FROM ')}"
    assert "MED635" not in codes(judged.lint())


def test_apply_changes_in_a_flow_is_renamed_and_alone_is_only_told(judged: JudgedProject) -> None:
    table = "CREATE OR REFRESH STREAMING TABLE ${silver}.copied;\n"
    flow = "APPLY CHANGES INTO ${silver}.copied FROM STREAM(${bronze}.orders) KEYS (order_id) SEQUENCE BY ordered_at;\n"
    path = "sql/silver/copied.sql"
    judged.lint({path: f"{table}CREATE FLOW copies AS {flow}"}, fix=True)
    assert judged.text(path) == f"{table}CREATE FLOW copies AS {flow.replace('APPLY CHANGES', 'AUTO CDC')}"
    result = judged.lint({path: table + flow}, fix=True)
    assert judged.text(path) == table + flow
    assert "MED635" in codes(result)


def test_live_keeps_its_meaning_in_pipelines_with_a_target(judged: JudgedProject) -> None:
    text = "CREATE OR REFRESH MATERIALIZED VIEW copied AS SELECT order_id FROM LIVE.orders;\n"
    old = DATABRICKS.replace("schema: ${resources.schemas.silver.name}", "target: ${resources.schemas.silver.name}")
    (judged.root / "databricks.yml").write_text(old, encoding="utf-8")
    try:
        result = judged.lint({"sql/silver/copied.sql": text}, fix=True)
    finally:
        (judged.root / "databricks.yml").write_text(DATABRICKS, encoding="utf-8")
    assert judged.text("sql/silver/copied.sql") == text
    assert "MED635" in codes(result)


OLD_PYTHON = """import dlt


@dlt.table(name="copied")
@dlt.expect_or_drop("named", "order_id IS NOT NULL")
def copied():
    return spark.readStream.table("orders")
"""
NEW_PYTHON = OLD_PYTHON.replace("import dlt", "from pyspark import pipelines as dp").replace("dlt.", "dp.")


def test_dlt_files_are_renamed_when_every_use_has_a_name(judged: JudgedProject) -> None:
    judged.lint({"python/copied.py": OLD_PYTHON}, fix=True)
    assert judged.text("python/copied.py") == NEW_PYTHON
    batch = OLD_PYTHON.replace("readStream", "read")
    judged.lint({"python/copied.py": batch}, fix=True)
    assert '@dp.materialized_view(name="copied")' in judged.text("python/copied.py")


TOLD = [
    OLD_PYTHON.replace('spark.readStream.table("orders")', 'dlt.read_stream("orders")'),
    OLD_PYTHON.replace("import dlt", "import dlt as pipelines").replace("dlt.", "pipelines."),
    OLD_PYTHON + "\nmaker = dlt\n",
]


def test_dlt_files_with_more_are_only_told(judged: JudgedProject) -> None:
    files = {f"python/copy_{n}.py": text.replace("copied", f"copy_{n}") for n, text in enumerate(TOLD)}
    result = judged.lint(files, fix=True)
    assert {path: judged.text(path) for path in files} == files
    assert codes(result).count("MED635") == len(files)


def layout_messages(judged: JudgedProject, files: dict[str, str]) -> list[str]:
    return [one.message for one in judged.lint(files).findings if one.code == "MED629"]


def test_layout_says_what_stands_where(judged: JudgedProject) -> None:
    second = "CREATE TEMPORARY VIEW more AS SELECT 1 AS one;\n"
    assert layout_messages(judged, {"sql/bronze/orders.sql": BRONZE}) == []
    assert layout_messages(judged, {"sql/bronze/orders.sql": BRONZE + second}) == ["more is dataset 2 of orders.sql"]
    camel = BRONZE.replace("${bronze}.orders", "${bronze}.myOrders")
    assert layout_messages(judged, {"sql/bronze/myOrders.sql": camel}) == ["myOrders is no lower_snake name"]
    moved = {"sql/bronze/orders.sql": "", "sql/silver/orders.sql": BRONZE}
    assert layout_messages(judged, moved) == ["bronze.orders stands in sql/silver/"]


def streams(judged: JudgedProject, reads: str) -> list[str]:
    table = "CREATE OR REFRESH STREAMING TABLE ${silver}.latest;\n"
    source = "FROM STREAM(${bronze}.orders) KEYS (order_id) SEQUENCE BY amount;"
    flow = f"CREATE FLOW l AS AUTO CDC INTO ${{silver}}.latest {source}"
    copy = f"CREATE OR REFRESH STREAMING TABLE ${{silver}}.copied AS SELECT order_id FROM {reads};\n"
    files = {"sql/silver/latest.sql": table + flow, "sql/silver/copied.sql": copy}
    return [one.message for one in judged.lint(files).findings if one.code == "MED627"]


def test_streams_of_auto_cdc_targets_need_skip_change_commits(judged: JudgedProject) -> None:
    told = ["silver.copied streams silver.latest, whose rows AUTO CDC changes"]
    assert streams(judged, "STREAM(${silver}.latest)") == told
    assert streams(judged, "STREAM ${silver}.latest WITH (SKIPCHANGECOMMITS)") == []
    assert streams(judged, "STREAM(${bronze}.orders)") == []
