-- One row per product on an order, as the till exports them: CSV with a header, everything text.
CREATE OR REFRESH STREAMING TABLE ${bronze}.order_lines
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/order_lines', format => 'csv', header => true,
    schema => 'order_line_id STRING, order_id STRING, product_id STRING, quantity STRING, unit_price STRING, discount STRING',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
