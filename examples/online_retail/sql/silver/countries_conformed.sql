-- Names and spelling only. Types, rules, keys and history: contracts/silver/countries.yml
CREATE TEMPORARY VIEW countries_conformed
AS SELECT
    upper(trim(code))      AS country_code,
    trim(name)             AS country_name,
    upper(trim(continent)) AS continent_code,
    _file_modified_at      AS delivered_at,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.countries);
