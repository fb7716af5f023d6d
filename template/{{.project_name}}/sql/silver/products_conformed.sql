-- Names and spelling only. Types, rules, keys and history: contracts/silver/products.yml
CREATE TEMPORARY VIEW products_conformed
AS SELECT
    trim(product_id)      AS product_id,
    trim(product_name)    AS product_name,
    lower(trim(category)) AS category,
    list_price,
    updated_at,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.products);
