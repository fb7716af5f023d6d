"""A run as a shop would see it: three layers, one quarantine with reasons, one failure, hostile text."""

from __future__ import annotations

from datetime import UTC, datetime

from medallion_toolkit.report.model import (
    DatasetFigures,
    ExpectationResult,
    GateCheck,
    Outcome,
    QualityPoint,
    QuarantineReason,
    RunReport,
    TableQuality,
)


def points(*scores: float) -> tuple[QualityPoint, ...]:
    """One run a day; a verdict fails as often as points are missing."""
    return tuple(
        QualityPoint(f"2026-11-{18 + day}T13:05:00+00:00", score, (100 - score) / 100 if score < 100 else None)
        for day, score in enumerate(scores)
    )


HOSTILE = "<script>document.title='owned'</script>"


def bronze(name: str, rows: int, seconds: float, offset: float) -> DatasetFigures:
    return DatasetFigures(
        f"bronze.{name}",
        "bronze",
        "streaming_table",
        "ok",
        seconds,
        offset,
        rows_in=rows,
        written=rows,
        place=f"sql/bronze/{name}.sql:2",
    )


def gold(
    name: str, inputs: tuple[str, ...], offset: float, outcome: Outcome = "ok", error: str | None = None
) -> DatasetFigures:
    return DatasetFigures(
        f"gold.{name}",
        "gold",
        "materialized_view",
        outcome,
        0.0 if outcome == "skipped" else 0.9,
        offset,
        written=120 if outcome == "ok" else None,
        error=error,
        inputs=inputs,
        place=f"sql/gold/{name}.sql:2",
    )


def contract(name: str, valid: int, quarantined: int, offset: float) -> tuple[DatasetFigures, ...]:
    """The four datasets that a contract makes, and the view it starts from."""
    total = valid + quarantined
    place = f"contracts/silver/{name}.yml"
    return (
        DatasetFigures(
            f"silver.{name}_conformed",
            "silver",
            "temporary_view",
            "ok",
            inputs=(f"bronze.{name}",),
            place=f"sql/silver/{name}_conformed.sql:2",
        ),
        DatasetFigures(
            f"silver.{name}_checked",
            "silver",
            "streaming_table",
            "ok",
            1.4,
            offset,
            rows_in=total,
            written=total,
            valid=valid,
            quarantined=quarantined,
            inputs=(f"silver.{name}_conformed",),
            place=place,
        ),
        DatasetFigures(
            f"silver.{name}_valid",
            "silver",
            "temporary_view",
            "ok",
            inputs=(f"silver.{name}_checked",),
            place=place,
        ),
        DatasetFigures(
            f"silver.{name}_quarantine",
            "silver",
            "streaming_table",
            "ok",
            0.6,
            offset + 1.5,
            rows_in=quarantined,
            written=quarantined,
            inputs=(f"silver.{name}_checked",),
            place=place,
        ),
        DatasetFigures(
            f"silver.{name}",
            "silver",
            "streaming_table",
            "ok",
            1.1,
            offset + 1.5,
            rows_in=valid,
            written=valid,
            inputs=(f"silver.{name}_valid",),
            place=place,
        ),
    )


DATASETS = (
    bronze("orders", 412, 1.9, 6.1),
    bronze("customers", 130, 1.2, 6.1),
    bronze("products", 60, 1.1, 7.4),
    bronze("payments", 380, 1.5, 8.0),
    *contract("orders", 389, 23, 9.5),
    *contract("customers", 128, 2, 9.6),
    *contract("payments", 380, 0, 12.1),
    DatasetFigures(
        "silver.products",
        "silver",
        "streaming_table",
        "unchanged",
        inputs=("bronze.products",),
        place="sql/silver/products.sql:3",
    ),
    gold("dim_date", (), 15.0),
    gold("dim_customers", ("silver.customers",), 15.0),
    gold("dim_products", ("silver.products",), 15.2),
    gold("fact_orders", ("silver.orders", "gold.dim_customers", "gold.dim_products", "gold.dim_date"), 16.0),
    gold(
        "fact_payments",
        ("silver.payments", "silver.orders", "gold.dim_date"),
        16.9,
        "failed",
        f"MED402 the query failed   sql/gold/fact_payments.sql:9:12\n     9 |     sum(p.amout)  -- {HOSTILE}\n"
        "       |           ^^^^^ silver.payments has payment_id, order_id, amount\nhelp: did you mean amount?",
    ),
    gold("daily_sales", ("gold.fact_orders", "gold.dim_date"), 18.1),
    gold("customer_lifetime_value", ("gold.fact_orders", "gold.fact_payments", "gold.dim_customers"), 0, "skipped"),
)

SAMPLE_COLUMNS = ("order_id", "customer_id", "status", "order_amount", "currency_code", "contact_email", "changed_at")

RUN = RunReport(
    project="shop",
    target="dev",
    started=datetime(2026, 11, 21, 13, 5, 7, tzinfo=UTC),
    seconds=21.4,
    outcome="failed",
    datasets=DATASETS,
    expectations=(
        ExpectationResult("silver.orders_checked", "order_id_present", "quarantine", 412, 0),
        ExpectationResult("silver.orders_checked", "order_amount_typed", "quarantine", 400, 12),
        ExpectationResult("silver.orders_checked", "customer_id_present", "quarantine", 401, 11),
        ExpectationResult("silver.orders_checked", "order_amount_plausible", "warn", 409, 3),
        ExpectationResult("silver.customers_checked", "email_well_formed", "quarantine", 128, 2),
        ExpectationResult("silver.payments_checked", "payment_id_present", "quarantine", 380, 0),
    ),
    quarantine=(
        QuarantineReason(
            "silver.orders",
            "customer_id_present",
            "customer_id is missing",
            11,
            SAMPLE_COLUMNS,
            ("customer_id",),
            (("O-118", None, "paid", "10.00", "EUR", "***", "2026-01-02"),),
        ),
        QuarantineReason(
            "silver.orders",
            "order_amount_typed",
            "order_amount is no decimal(12,2)",
            12,
            SAMPLE_COLUMNS,
            ("order_amount",),
            (
                ("O-121", "C-7", "paid", "12,50", "EUR", "***", "2026-01-02"),
                ("O-204", "C-9", HOSTILE, "8,00", "EUR", "***", "2026-01-02"),
                ("O-233", "C-12", "placed", "n/a", None, "***", "2026-01-03"),
            ),
        ),
        QuarantineReason(
            "silver.customers",
            "email_well_formed",
            "email is no e-mail address",
            2,
            ("customer_id", "email"),
            ("email",),
            (("C-3", "***"), ("C-88", "***")),
        ),
    ),
    gates=(
        GateCheck("gate_silver", "silver.orders", "quarantined", "5.6 %", "10 %", True),
        GateCheck("gate_silver", "silver.customers", "freshness", "31 h", "24 h", False, "missed", "critical"),
        GateCheck(
            "gate_silver", "silver.orders", "amount_mean_in_bounds", "14", "at most 10", True, "warning", "minor"
        ),
    ),
    quality=(
        TableQuality("silver.orders", "silver", 12, 97.3, 0.056, points(99.1, 98.4, 92.0, 97.3)),
        TableQuality("gold.daily_sales", "gold", 3, 100.0, None, points(100.0)),
    ),
)
