-- Reference: what one unit of a currency is worth in euro, as finance keeps it in a CSV file.
CREATE OR REFRESH STREAMING TABLE ${bronze}.currencies
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/currencies', format => 'csv', header => true,
    schema => 'currency_code STRING, currency_name STRING, euro_rate STRING, updated_on STRING',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
