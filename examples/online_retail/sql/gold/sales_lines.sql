-- Every valid line with what it is worth and where it went; charges are postage, fees, discounts and manual entries.
-- Rules: contracts/gold/sales_lines.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.sales_lines
CLUSTER BY AUTO
AS SELECT
    lines.invoice_id,
    lines.stock_code,
    lines.description,
    lines.customer_id,
    CAST(lines.invoiced_at AS DATE) AS invoiced_on,
    lines.invoiced_at,
    lines.quantity,
    lines.unit_price,
    CAST(lines.quantity * lines.unit_price AS DECIMAL(14, 2)) AS line_amount_gbp,
    startswith(lines.invoice_id, 'C') AS is_cancellation,
    lines.stock_code IN ('AMAZONFEE', 'BANK CHARGES', 'C2', 'D', 'DOT', 'M', 'POST', 'S') AS is_charge,
    lines.country,
    countries.country_code,
    countries.continent_code
FROM ${silver}.invoice_lines AS lines
LEFT JOIN ${silver}.countries AS countries
    ON countries.country_name = lines.country;
