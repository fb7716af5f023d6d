-- What each known customer has bought so far, in euro, returns left out.
-- Rules: contracts/gold/customer_lifetime_value.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.customer_lifetime_value
CLUSTER BY AUTO
AS SELECT
    customers.customer_id,
    customers.segment,
    customers.country_code,
    count(*) AS orders,
    min(CAST(facts.ordered_at AS DATE)) AS first_order_on,
    max(CAST(facts.ordered_at AS DATE)) AS last_order_on,
    CAST(sum(CASE WHEN facts.status = 'returned' THEN 0 ELSE coalesce(facts.order_amount_eur, 0) END)
        AS DECIMAL(18, 2)) AS lifetime_value_eur
FROM ${gold}.fact_orders AS facts
INNER JOIN ${gold}.dim_customers AS customers
    ON customers.customer_id = facts.customer_id
WHERE customers.is_current
GROUP BY customers.customer_id, customers.segment, customers.country_code;
