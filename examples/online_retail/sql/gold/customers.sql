-- What each known customer bought and sent back; the country is that of the newest line.
-- Rules: contracts/gold/customers.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.customers
CLUSTER BY AUTO
AS SELECT
    customer_id,
    max_by(country, struct(invoiced_at, invoice_id, country)) AS country,
    count(DISTINCT country) AS countries,
    min(invoiced_on) AS first_invoice_on,
    max(invoiced_on) AS last_invoice_on,
    count(DISTINCT CASE WHEN NOT is_cancellation THEN invoice_id END) AS invoices,
    count(DISTINCT CASE WHEN is_cancellation THEN invoice_id END) AS cancellations,
    CAST(sum(CASE WHEN is_cancellation THEN 0 ELSE line_amount_gbp END) AS DECIMAL(18, 2)) AS sales_gbp,
    CAST(sum(CASE WHEN is_cancellation THEN line_amount_gbp ELSE 0 END) AS DECIMAL(18, 2)) AS cancelled_gbp,
    CAST(sum(line_amount_gbp) AS DECIMAL(18, 2)) AS net_gbp
FROM ${gold}.sales_lines
WHERE customer_id IS NOT NULL
GROUP BY customer_id;
