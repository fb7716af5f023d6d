-- One row per article or charge; its name is the one typed most often. Rules: contracts/gold/products.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.products
CLUSTER BY AUTO
AS
WITH names AS (
    SELECT stock_code, description, count(*) AS uses
    FROM ${gold}.sales_lines
    GROUP BY stock_code, description
),
name_per_product AS (
    SELECT
        stock_code,
        max_by(description, struct(uses, description)) AS product_name,
        count(*) AS names
    FROM names
    GROUP BY stock_code
),
figures_per_product AS (
    SELECT
        stock_code,
        bool_or(is_charge) AS is_charge,
        sum(CASE WHEN is_cancellation THEN 0 ELSE quantity END) AS sold_units,
        sum(CASE WHEN is_cancellation THEN -quantity ELSE 0 END) AS returned_units,
        count(DISTINCT customer_id) AS customers,
        min(invoiced_on) AS first_invoice_on,
        max(invoiced_on) AS last_invoice_on,
        CAST(sum(line_amount_gbp) AS DECIMAL(18, 2)) AS net_gbp
    FROM ${gold}.sales_lines
    GROUP BY stock_code
)
SELECT
    figures.stock_code,
    names.product_name,
    names.names,
    figures.is_charge,
    figures.sold_units,
    figures.returned_units,
    figures.customers,
    figures.first_invoice_on,
    figures.last_invoice_on,
    figures.net_gbp
FROM figures_per_product AS figures
INNER JOIN name_per_product AS names
    ON names.stock_code = figures.stock_code;
