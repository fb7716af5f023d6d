-- Invoices, credit notes and turnover per trading day, in pounds. Rules: contracts/gold/daily_sales.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily_sales
CLUSTER BY AUTO
AS SELECT
    invoiced_on AS sold_on,
    count(DISTINCT CASE WHEN NOT is_cancellation THEN invoice_id END) AS invoices,
    count(DISTINCT CASE WHEN is_cancellation THEN invoice_id END) AS cancellations,
    count(*) AS lines,
    count_if(customer_id IS NULL) AS lines_without_customer,
    sum(quantity) AS net_units,
    CAST(sum(CASE WHEN is_cancellation THEN 0 ELSE line_amount_gbp END) AS DECIMAL(18, 2)) AS sales_gbp,
    CAST(sum(CASE WHEN is_cancellation THEN line_amount_gbp ELSE 0 END) AS DECIMAL(18, 2)) AS cancelled_gbp,
    CAST(sum(line_amount_gbp) AS DECIMAL(18, 2)) AS net_gbp,
    CAST(sum(CASE WHEN is_charge THEN line_amount_gbp ELSE 0 END) AS DECIMAL(18, 2)) AS net_charges_gbp
FROM ${gold}.sales_lines
GROUP BY invoiced_on;
