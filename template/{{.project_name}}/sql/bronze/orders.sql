-- Order events as the shop system wrote them: one JSON line for each insert, update or delete.
CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'order_id STRING, customer_id STRING, status STRING, amount STRING, currency STRING, email STRING, ordered_at STRING, op STRING, changed_at STRING, event_id BIGINT',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
