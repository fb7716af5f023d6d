-- Names and spelling only. Types and rules: contracts/silver/order_lines.yml
CREATE TEMPORARY VIEW order_lines_conformed
AS SELECT
    trim(order_line_id) AS order_line_id,
    trim(order_id)      AS order_id,
    trim(product_id)    AS product_id,
    quantity,
    unit_price,
    coalesce(nullif(trim(discount), ''), '0') AS discount_rate,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.order_lines);
