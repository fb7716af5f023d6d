-- Every change of a customer's record, as the CRM exports them: CSV with a header, everything text.
CREATE OR REFRESH STREAMING TABLE ${bronze}.customers
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/customers', format => 'csv', header => true,
    schema => 'customer_id STRING, full_name STRING, email STRING, country STRING, segment STRING, registered_on STRING, updated_at STRING',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
