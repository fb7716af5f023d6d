-- One row per product, and the unknown product (-1). Rules: contracts/gold/dim_products.yml
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.dim_products
CLUSTER BY AUTO
AS SELECT
    xxhash64(product_id) AS product_key,
    product_id,
    product_name,
    category,
    list_price
FROM ${silver}.products
UNION ALL
SELECT
    CAST(-1 AS BIGINT) AS product_key,
    'unknown' AS product_id,
    'unknown' AS product_name,
    'unknown' AS category,
    CAST(NULL AS DECIMAL(12, 2)) AS list_price;
