-- Names and spelling only. Types, rules, keys and history: contracts/silver/orders.yml
CREATE TEMPORARY VIEW orders_conformed
AS SELECT
    trim(order_id)      AS order_id,
    trim(customer_id)   AS customer_id,
    lower(trim(status)) AS status,
    amount              AS order_amount,
    upper(currency)     AS currency_code,
    lower(trim(email))  AS contact_email,
    ordered_at,
    lower(op)           AS change_type,
    changed_at,
    event_id,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.orders);
