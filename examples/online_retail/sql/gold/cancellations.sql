-- One row per credit note. A line reverses a sale when the same customer bought as many of the same article at the
-- same price before; the newest such sale counts. Rules: contracts/gold/cancellations.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.cancellations
CLUSTER BY AUTO
AS
WITH sold_lines AS (
    SELECT customer_id, stock_code, quantity, unit_price, invoiced_at, invoice_id
    FROM ${gold}.sales_lines
    WHERE NOT is_cancellation
),
distinct_cancelled_lines AS (
    SELECT
        invoice_id, customer_id, stock_code, quantity, unit_price, invoiced_at,
        count(*) AS copies,
        sum(line_amount_gbp) AS line_amount_gbp
    FROM ${gold}.sales_lines
    WHERE is_cancellation
    GROUP BY invoice_id, customer_id, stock_code, quantity, unit_price, invoiced_at
),
cancelled_lines AS (
    SELECT
        cancelled.invoice_id, cancelled.customer_id, cancelled.stock_code, cancelled.quantity, cancelled.unit_price,
        cancelled.invoiced_at, cancelled.copies, cancelled.line_amount_gbp,
        max_by(sold.invoice_id, struct(sold.invoiced_at, sold.invoice_id)) AS sold_on_invoice
    FROM distinct_cancelled_lines AS cancelled
    LEFT JOIN sold_lines AS sold
        ON sold.customer_id = cancelled.customer_id
        AND sold.stock_code = cancelled.stock_code
        AND sold.quantity = -cancelled.quantity
        AND sold.unit_price = cancelled.unit_price
        AND sold.invoiced_at <= cancelled.invoiced_at
    GROUP BY ALL
)
SELECT
    invoice_id AS cancellation_id,
    max(customer_id) AS customer_id,
    min(invoiced_at) AS cancelled_at,
    sum(copies) AS lines,
    sum(CASE WHEN sold_on_invoice IS NOT NULL THEN copies ELSE 0 END) AS lines_of_known_sales,
    array_sort(collect_set(sold_on_invoice)) AS sold_on_invoices,
    sum(-quantity * copies) AS returned_units,
    CAST(sum(line_amount_gbp) AS DECIMAL(18, 2)) AS cancelled_gbp
FROM cancelled_lines
GROUP BY invoice_id;
