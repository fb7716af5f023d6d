-- Names and spelling only. Types, rules, keys and history: contracts/silver/customers.yml
CREATE TEMPORARY VIEW customers_conformed
AS SELECT
    trim(customer_id)     AS customer_id,
    trim(full_name)       AS full_name,
    lower(trim(email))    AS contact_email,
    upper(trim(country))  AS country_code,
    lower(trim(segment))  AS segment,
    registered_on,
    updated_at,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.customers);
