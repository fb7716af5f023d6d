-- The catalogue of the shop: Parquet, so the types are those of the file.
CREATE OR REFRESH STREAMING TABLE ${bronze}.products
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/products', format => 'parquet',
    schema => 'product_id STRING, product_name STRING, category STRING, list_price DECIMAL(12,2), updated_at TIMESTAMP',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
