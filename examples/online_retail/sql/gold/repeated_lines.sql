-- Lines that came more than once, equal in every value. Not an error by itself: a till may scan an article twice.
-- Rules: contracts/gold/repeated_lines.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.repeated_lines
CLUSTER BY AUTO
AS SELECT
    invoice_id,
    stock_code,
    description,
    quantity,
    invoiced_at,
    unit_price,
    customer_id,
    country,
    count(*) - 1 AS extra_copies,
    CAST((count(*) - 1) * quantity * unit_price AS DECIMAL(14, 2)) AS extra_amount_gbp
FROM ${silver}.invoice_lines
GROUP BY invoice_id, stock_code, description, quantity, invoiced_at, unit_price, customer_id, country
HAVING count(*) > 1;
