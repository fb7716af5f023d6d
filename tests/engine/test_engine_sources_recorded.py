"""Sources outside the project: recorded records of Kafka and its like, tables of other systems."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from local_project import LocalProject
from small_project import DATABRICKS, make_project

from medallion_toolkit.engine.files.messages import message_names
from medallion_toolkit.engine.files.recorded import outside
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import ConfigError, MedallionError, PipelineError, Place, UnsupportedError
from medallion_toolkit.graph.project import load_project
from medallion_toolkit.project.local_settings import RecordedSource, read_local_settings, recorded_table

PLACE = Place("sql/bronze/events.sql", 3, 6)
PYPROJECT = """[tool.medallion.local]
volumes.landing = "landing"

[tool.medallion.local.sources]
"kafka:orders" = "recorded/orders"
"kafka:refunds" = "recorded/refunds.json"
"kinesis:clicks" = "recorded/clicks"
"pubsub:alerts" = "recorded/alerts"
"jdbc:sales.regions" = {path = "recorded/regions.csv", schema = "id INT, name STRING"}
"billing" = "recorded/billing"
"sales.customers" = "recorded/customers"
"erp.sales.rates" = "recorded/rates.csv"
"""
EVENTS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.events AS
SELECT CAST(key AS STRING) AS key, CAST(value AS STRING) AS value, topic, partition, offset, timestamp, timestampType
FROM STREAM read_kafka(bootstrapServers => 'b:9092', subscribe => 'orders,refunds',
                       `kafka.security.protocol` => 'SASL_SSL', startingOffsets => 'earliest');
"""
CLICKS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.clicks AS
SELECT *, CAST(data AS STRING) AS text FROM STREAM read_kinesis(streamName => 'clicks', region => 'eu-central-1');
"""
ALERTS = """CREATE OR REFRESH STREAMING TABLE ${bronze}.alerts AS
SELECT * FROM STREAM read_pubsub(subscriptionId => 's', projectId => 'p', topicId => 'alerts');
"""
CUSTOMERS = """CREATE OR REFRESH STREAMING TABLE ${silver}.customers AS
SELECT c.id, c.name, r.rate FROM STREAM(erp.sales.customers) c JOIN erp.sales.rates r ON c.country = r.country;
"""
PYTHON = """from pyspark import pipelines as dp


@dp.table(name="headers")
def headers():
    reader = spark.readStream.format("kafka").option("kafka.bootstrap.servers", "b:9092")
    return reader.option("subscribePattern", "ord.*").option("includeHeaders", True).load()


@dp.materialized_view(name="regions")
def regions():
    return spark.read.format("jdbc").option("url", "jdbc:x").option("dbtable", "sales.regions").load()


@dp.table(name="invoices")
def invoices():
    return spark.readStream.format("billing").option("endpoint", "https://example.org").load()
"""


def lines(*records: dict[str, object]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def project(tmp_path: Path, session_source: SessionOnDemand) -> LocalProject:
    raw = base64.b64encode(b"\x00\xff").decode()
    return LocalProject(
        tmp_path,
        session_source,
        {
            "pyproject.toml": PYPROJECT,
            "sql/bronze/events.sql": EVENTS,
            "sql/bronze/clicks.sql": CLICKS,
            "sql/bronze/alerts.sql": ALERTS,
            "sql/silver/customers.sql": CUSTOMERS,
            "python/others.py": PYTHON,
            "recorded/orders/1.json": lines(
                {"key": "a", "value": {"id": 1}, "partition": 3, "offset": 17, "timestamp": "2026-01-31T10:00:00Z"},
                {"key": None, "value": None, "headers": [{"key": "kind", "value": "new"}]},
            ),
            "recorded/refunds.json": lines({"value": "text"}),
            "recorded/clicks/1.json": lines({"partitionKey": "p", "data": "x"}, {"data_base64": raw}),
            "recorded/alerts/1.json": lines({"payload": "x", "attributes": {"a": "1"}, "publishTimestampInMillis": 5}),
            "recorded/regions.csv": "id,name\n1,north\n",
            "recorded/billing/1.json": lines({"id": 7, "total": 1.5}),
            "recorded/customers/1.csv": "id,name,country\n1,Ann,DE\n",
            "recorded/rates.csv": "country,rate\nDE,1.5\n",
        },
    )


@pytest.mark.fidelity(
    "read_kafka gives key, value (BINARY), topic, partition, offset, timestamp, timestampType of each record.",
    source="sql/language-manual/functions/read_kafka",
    verdict="same",
)
@pytest.mark.fidelity(
    "A Kafka source reads several topics at once.",
    source="sql/language-manual/functions/read_kafka",
    verdict="same",
)
@pytest.mark.fidelity(
    "A Kafka source read by Python chooses topics by subscribePattern and gives headers with includeHeaders.",
    source="connect/streaming/kafka",
    verdict="same",
)
@pytest.mark.fidelity(
    "read_kinesis gives partitionKey, data, stream, shardId, sequenceNumber, approximateArrivalTimestamp.",
    source="sql/language-manual/functions/read_kinesis",
    verdict="same",
)
@pytest.mark.fidelity(
    "read_pubsub gives messageId, payload, attributes, publishTimestampInMillis and sequenceNumber.",
    source="sql/language-manual/functions/read_pubsub",
    verdict="same",
)
@pytest.mark.fidelity(
    "Tables of foreign catalogs are read in batch and as streams by their names.",
    source="query-federation",
    verdict="same",
)
@pytest.mark.fidelity(
    "JDBC and custom Python data sources give their rows in their own columns.",
    source="pyspark/datasources",
    verdict="same",
)
def test_recorded_rows_stand_for_sources_outside(project: LocalProject) -> None:
    result = project.run()
    assert [one.error for update in result.updates for one in update.datasets if one.error] == []
    moment = datetime(2026, 1, 31, 10, tzinfo=UTC).replace(tzinfo=None)
    (first, second, third) = project.rows("bronze.events", "topic", "key", "value", "partition", "offset")
    assert first == ("orders", "a", '{"id":1}', 3, 17)
    assert second == ("orders", None, None, 0, 1)
    assert third == ("refunds", None, "text", 0, 0)
    assert moment in {row[0] for row in project.rows("bronze.events", "timestamp")}
    clicks = project.rows("bronze.clicks", "partitionKey", "data", "stream", "shardId")
    assert ("p", b"x", "clicks", "shardId-000000000000") in clicks
    assert ("", b"\x00\xff", "clicks", "shardId-000000000000") in clicks
    alerts = project.rows("bronze.alerts", "messageId", "payload", "attributes", "publishTimestampInMillis")
    assert alerts == [("0", b"x", '{"a":"1"}', 5)]
    assert project.rows("silver.customers") == [(1, "Ann", 1.5)]
    assert project.rows("silver.regions") == [(1, "north")]
    assert project.rows("silver.invoices", "id", "total") == [(7, 1.5)]
    headers = [row[0] for row in project.rows("silver.headers", "headers") if row[0]]
    assert headers == [[{"key": "kind", "value": b"new"}]]

    later = {"recorded/orders/2.json": lines({"value": "later"})}
    project.write({**later, "recorded/customers/2.csv": "id,name,country\n2,Bob,DE\n"})
    again = project.results()
    assert again["bronze.events"].counts.written == 1
    assert again["silver.customers"].counts.written == 1
    assert (None, "later", 1_000_000) in project.rows("bronze.events", "key", "value", "offset")


def test_a_line_that_is_no_record_stops_the_flow(project: LocalProject) -> None:
    project.write({"recorded/orders/1.json": lines({"vlaue": "x"})})
    failed = project.results(select=("bronze.events",))["bronze.events"]
    assert failed.outcome == "failed"
    assert failed.error is not None
    assert "RECORD_IS_NOT_KAFKA" in str(failed.error)
    assert "vlaue" in str(failed.error)


def test_tables_outside_need_recorded_rows(tmp_path: Path, session_source: SessionOnDemand) -> None:
    made = LocalProject(tmp_path, session_source, {"sql/silver/customers.sql": CUSTOMERS})
    with pytest.raises(MedallionError) as caught:
        load_project(made.root)
    assert caught.value.code == "MED401"
    help_text = str(getattr(caught.value, "errors", [caught.value])[0].help)
    assert '[tool.medallion.local.sources] "erp.sales.customers" = "fixtures/sales/customers"' in help_text


@pytest.mark.parametrize(
    ("kind", "options", "key"),
    [
        ("kafka", {"subscribe": "orders"}, "kafka:orders"),
        ("kinesis", {"streamName": "clicks"}, "kinesis:clicks"),
        ("jdbc", {"dbtable": "sales.regions"}, "jdbc:sales.regions"),
        ("billing", {"endpoint": "x"}, "billing"),
    ],
)
def test_what_is_not_recorded_is_refused_with_the_lines_to_add(kind: str, options: dict[str, str], key: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        outside(kind, options, {}, PLACE)
    assert (caught.value.code, caught.value.place) == ("MED418", PLACE)
    assert caught.value.help is not None
    assert f'[tool.medallion.local.sources] "{key}" = "fixtures/' in caught.value.help


@pytest.mark.fidelity(
    "Kafka's startingOffsets by partition choose records by their offsets.",
    source="connect/streaming/kafka",
    verdict="refused",
    code="MED402",
)
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"subscribe": "orders", "startingOffsets": '{"orders":{"0":5}}'}, "startingOffsets"),
        ({"subscribe": "orders", "includeHeader": "true"}, "did you mean includeHeaders?"),
    ],
)
def test_options_that_choose_records_are_refused(options: dict[str, str], found: str) -> None:
    sources = {"kafka:orders": RecordedSource(Path("/recorded"))}
    with pytest.raises(UnsupportedError) as caught:
        outside("kafka", options, sources, PLACE)
    assert caught.value.code == "MED402"
    assert found in f"{caught.value.message} {caught.value.help}"


def test_topics_are_named_in_three_ways() -> None:
    recorded = ("orders", "order_items", "refunds")
    assert message_names("kafka", {"assign": '{"orders": [0, 1]}'}, recorded, PLACE) == ("orders",)
    assert message_names("kafka", {"subscribePattern": "order.*"}, recorded, PLACE) == ("orders", "order_items")
    assert message_names("kinesis", {"streamARN": "arn:aws:kinesis:eu:1:stream/clicks"}, (), PLACE) == ("clicks",)
    with pytest.raises(PipelineError) as caught:
        message_names("kafka", {}, recorded, PLACE)
    assert caught.value.code == "MED274"


INGESTION = """
    crm:
      name: crm
      catalog: ${var.catalog}
      schema: raw
      ingestion_definition:
        connection_name: crm
        objects:
          - table: {source_schema: sales, source_table: accounts, destination_schema: raw}
"""


@pytest.mark.fidelity(
    "Tables that a managed ingestion pipeline of the bundle makes are read by their names.",
    source="ingestion/lakeflow-connect",
    verdict="same",
)
def test_tables_of_managed_ingestion_are_recorded(tmp_path: Path) -> None:
    query = "CREATE OR REFRESH STREAMING TABLE ${silver}.accounts AS SELECT * FROM STREAM(shop.raw.accounts);"
    sources = '[tool.medallion.local.sources]\n"raw.accounts" = "recorded/accounts"\n'
    files = {"databricks.yml": DATABRICKS + INGESTION, "sql/silver/accounts.sql": query}
    root = make_project(
        tmp_path, {**files, "pyproject.toml": PYPROJECT.partition("[tool.medallion.local.s")[0] + sources}
    )
    project = load_project(root)
    assert list(project.graph.nodes) == ["shop.silver.accounts"]
    found = recorded_table(project.bundle.local.sources, "shop.raw.accounts")
    assert found is not None
    assert found.path == root / "recorded/accounts"
    assert recorded_table(project.bundle.local.sources, "shop.raw.contacts") is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('"kafka:a" = 5', "The folder of kafka:a is text"),
        ('"kafka:a" = {path = "x", formt = "json"}', "formt is no setting of a source"),
        ('"kafka:a" = {schema = "id INT"}', "The folder of kafka:a is text"),
    ],
)
def test_wrong_settings_of_sources_are_named(tmp_path: Path, line: str, found: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.medallion.local.sources]\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=found) as caught:
        read_local_settings(tmp_path, ())
    assert caught.value.code == "MED132"
    assert caught.value.place is not None
    assert caught.value.place.line == 2
