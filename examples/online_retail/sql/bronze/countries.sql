-- Reference: the countries of the world, one CSV file; a newer file brings every country again.
CREATE OR REFRESH STREAMING TABLE ${bronze}.countries
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    _metadata.file_modification_time AS _file_modified_at,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/countries', format => 'csv', header => true, escape => '"',
    schema => 'id STRING, code STRING, name STRING, continent STRING, wikipedia_link STRING, keywords STRING',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
