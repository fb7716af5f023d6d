"""Unknown columns, casts of text and copies of classified columns: what is certain is found, what is not is left."""

from __future__ import annotations

from lint_project import JudgedProject

from medallion_toolkit.lint.findings import Finding
from medallion_toolkit.lint.samples import CONFORMED, ORDERS_CONTRACT

VIEW = "sql/silver/orders_conformed.sql"


def judge(
    judged: JudgedProject, code: str, queries: list[str], more: dict[str, str] | None = None
) -> list[list[Finding]]:
    """What is found of one code in each of several gold queries, judged together."""
    head = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}"
    files = {f"sql/gold/case_{n}.sql": f"{head}.case_{n}\nAS {query};\n" for n, query in enumerate(queries)}
    findings = [one for one in judged.lint({**files, **(more or {})}).findings if one.code == code]
    return [[one for one in findings if one.place.path == path] for path in files]


LEFT_ALONE = [
    "SELECT o.order_id, o.amount * 2 AS doubled, doubled + 1 AS more FROM ${silver}.orders AS o",
    "WITH paid AS (SELECT order_id AS id FROM ${silver}.orders) SELECT id, count(*) AS n FROM paid GROUP BY id",
    "SELECT transform(array(1), x -> x + amount) AS xs FROM ${silver}.orders",
    "SELECT a.order_id FROM ${silver}.orders a JOIN ${silver}.orders b USING (order_id) ORDER BY a.amount",
    "SELECT 1 FROM ${silver}.orders o WHERE EXISTS (SELECT 1 FROM ${silver}.orders i WHERE i.amount > o.amount)",
    "SELECT order_id, day FROM ${silver}.orders LATERAL VIEW explode(array(1)) days AS day",
    "SELECT extract(YEAR FROM _row_id) AS y, INTERVAL 3 DAYS AS d, order_id FROM ${silver}.orders",
]
UNKNOWN = {
    "SELECT order_id, amonut FROM ${silver}.orders": ("amonut", "amonut"),
    "SELECT o.order_id FROM ${silver}.orders o WHERE o.state = 1": ("o.state", "state"),
    "WITH paid AS (SELECT order_id AS id FROM ${silver}.orders) SELECT nr FROM paid": ("nr", "nr"),
    "SELECT x.n FROM (SELECT count(*) AS m FROM ${silver}.orders) AS x": ("x.n", "n"),
}


def test_known_columns_and_open_scopes_are_left_alone(judged: JudgedProject) -> None:
    assert judge(judged, "MED624", LEFT_ALONE) == [[]] * len(LEFT_ALONE)


def test_a_table_from_elsewhere_may_have_any_column(judged: JudgedProject) -> None:
    query = "SELECT something FROM ${silver}.orders, elsewhere.catalog.unknown_table"
    assert judge(judged, "MED624", [query]) == [[]]


def test_unknown_columns_are_found_at_their_place(judged: JudgedProject) -> None:
    for (one,), (column, marked) in zip(judge(judged, "MED624", list(UNKNOWN)), UNKNOWN.values(), strict=True):
        line = judged.text(one.place.path).splitlines()[one.place.line - 1]
        assert line[one.place.column - 1 :].startswith(marked)
        assert one.message.endswith(f" reads has the column {column}")
        assert one.help == ("did you mean amount?" if marked == "amonut" else one.help)


def test_bronze_columns_are_those_of_the_schema(judged: JudgedProject) -> None:
    for column, expected in (("ordered_at", 0), ("_rescued_data", 0), ("_source_file", 0), ("ordered", 1)):
        result = judged.lint({VIEW: CONFORMED.replace("amount,", f"{column} AS amount,")})
        assert [one.code for one in result.findings].count("MED624") == expected, column


def test_folders_that_name_partitions_may_add_columns(judged: JudgedProject) -> None:
    folder = judged.root / "landing" / "orders" / "day=1"
    folder.mkdir(parents=True)
    try:
        result = judged.lint({VIEW: CONFORMED.replace("amount,", "day AS amount,")})
    finally:
        folder.rmdir()
    assert "MED624" not in [one.code for one in result.findings]


CASTS = {
    "SELECT CAST(order_id AS INT) AS n FROM ${silver}.orders": 1,
    "SELECT CAST(trim(order_id) AS INT) AS n FROM ${silver}.orders": 1,
    "SELECT try_cast(order_id AS INT) AS n FROM ${silver}.orders": 0,
    "SELECT CAST(amount AS INT) AS n FROM ${silver}.orders": 0,
    "SELECT CAST(order_id AS STRING) AS n FROM ${silver}.orders": 0,
    "SELECT CAST(date_format(now(), 'yyyy') AS INT) AS n FROM ${silver}.orders": 0,
    "SELECT CAST(o.order_id AS DATE) AS n FROM ${silver}.orders AS o": 1,
    "SELECT CAST(sum(amount) AS DECIMAL(10, 2)) AS n FROM ${silver}.orders": 0,
}


def test_only_text_is_no_cast(judged: JudgedProject) -> None:
    assert [len(found) for found in judge(judged, "MED634", list(CASTS))] == list(CASTS.values())


CLASSIFIED = ORDERS_CONTRACT.replace("description: Gross", "class: pii, description: Gross")


def test_a_copy_of_a_classified_column_needs_its_own_mask(judged: JudgedProject) -> None:
    queries = [
        "SELECT o.amount AS price, upper(o.amount) AS shown, o.order_id FROM ${silver}.orders AS o",
        "SELECT amount FROM ${silver}.orders_quarantine",
    ]
    found = judge(judged, "MED628", queries, {"contracts/silver/orders.yml": CLASSIFIED})
    assert [one.message for each in found for one in each] == [
        "gold.case_0.price shows what silver.orders.amount masks",
        "gold.case_1.amount shows what silver.orders.amount masks",
    ]


def test_a_contract_that_classifies_needs_the_mask_in_the_sql(judged: JudgedProject) -> None:
    contract = "table: gold.totals\ncolumns:\n  order_id: {type: string, class: pii, description: Number}\n"
    query = "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals AS SELECT order_id FROM ${silver}.orders;\n"
    result = judged.lint({"sql/gold/totals.sql": query, "contracts/gold/totals.yml": contract})
    (one,) = [finding for finding in result.findings if finding.code == "MED628"]
    assert (one.place.path, one.place.line) == ("contracts/gold/totals.yml", 3)
