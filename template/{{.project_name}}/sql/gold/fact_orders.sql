-- One row per order; the customer as known when the order was placed. Rules: contracts/gold/fact_orders.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.fact_orders
CLUSTER BY AUTO
AS SELECT
    orders.order_id,
    coalesce(customers.customer_key, -1) AS customer_key,
    CAST(date_format(orders.ordered_at, 'yyyyMMdd') AS INT) AS date_key,
    orders.customer_id,
    orders.status,
    orders.ordered_at,
    orders.currency_code,
    orders.order_amount,
    CAST(orders.order_amount * currencies.euro_rate AS DECIMAL(14, 2)) AS order_amount_eur
FROM ${silver}.orders AS orders
LEFT JOIN ${gold}.dim_customers AS customers
    ON customers.customer_id = orders.customer_id
    AND customers.valid_from <= orders.ordered_at
    AND (customers.valid_to > orders.ordered_at OR customers.valid_to IS NULL)
LEFT JOIN ${silver}.currencies AS currencies
    ON currencies.currency_code = orders.currency_code;
