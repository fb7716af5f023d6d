-- Names and spelling only. Types, rules, keys and history: contracts/silver/currencies.yml
CREATE TEMPORARY VIEW currencies_conformed
AS SELECT
    upper(trim(currency_code)) AS currency_code,
    trim(currency_name)        AS currency_name,
    euro_rate,
    updated_on,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.currencies);
