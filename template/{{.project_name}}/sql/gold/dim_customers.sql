-- One row per version of a customer, and the unknown customer (-1). Contact data stays in silver.
-- Rules: contracts/gold/dim_customers.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.dim_customers
CLUSTER BY AUTO
AS
WITH versions AS (
    SELECT
        customer_id,
        country_code,
        segment,
        registered_on,
        __START_AT AS started_at,
        __END_AT   AS ended_at,
        row_number() OVER (PARTITION BY customer_id ORDER BY __START_AT) AS version_number
    FROM ${silver}.customers
)
SELECT
    xxhash64(customer_id, started_at) AS customer_key,
    customer_id,
    country_code,
    segment,
    registered_on,
    version_number,
    -- the first version also holds for orders older than our first record of the customer
    CASE WHEN version_number = 1 THEN TIMESTAMP '1900-01-01 00:00:00' ELSE started_at END AS valid_from,
    ended_at AS valid_to,
    ended_at IS NULL AS is_current
FROM versions
UNION ALL
SELECT
    CAST(-1 AS BIGINT) AS customer_key,
    'unknown' AS customer_id,
    CAST(NULL AS STRING) AS country_code,
    'unknown' AS segment,
    CAST(NULL AS DATE) AS registered_on,
    1 AS version_number,
    TIMESTAMP '1900-01-01 00:00:00' AS valid_from,
    CAST(NULL AS TIMESTAMP) AS valid_to,
    true AS is_current;
