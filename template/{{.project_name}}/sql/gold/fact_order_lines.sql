-- One row per order line of an order in fact_orders: lines of deleted or quarantined orders are no sales.
-- Rules: contracts/gold/fact_order_lines.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.fact_order_lines
CLUSTER BY AUTO
AS SELECT
    lines.order_line_id,
    lines.order_id,
    orders.customer_key,
    coalesce(products.product_key, -1) AS product_key,
    orders.date_key,
    lines.quantity,
    lines.unit_price,
    lines.discount_rate,
    CAST(lines.quantity * lines.unit_price * (1 - lines.discount_rate) AS DECIMAL(14, 2)) AS line_amount,
    orders.currency_code
FROM ${silver}.order_lines AS lines
INNER JOIN ${gold}.fact_orders AS orders
    ON orders.order_id = lines.order_id
LEFT JOIN ${gold}.dim_products AS products
    ON products.product_id = lines.product_id;
