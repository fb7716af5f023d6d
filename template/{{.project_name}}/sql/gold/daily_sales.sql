-- Orders and revenue per day, in euro; what was returned is counted but is no revenue.
-- Rules: contracts/gold/daily_sales.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.daily_sales
CLUSTER BY AUTO
AS SELECT
    days.calendar_date AS sold_on,
    count(*) AS orders,
    count_if(facts.status = 'returned') AS returned_orders,
    CAST(sum(CASE WHEN facts.status = 'returned' THEN 0 ELSE coalesce(facts.order_amount_eur, 0) END)
        AS DECIMAL(18, 2)) AS revenue_eur
FROM ${gold}.fact_orders AS facts
INNER JOIN ${gold}.dim_date AS days
    ON days.date_key = facts.date_key
GROUP BY days.calendar_date;
