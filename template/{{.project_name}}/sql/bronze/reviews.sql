-- Product reviews from the shop's site: one CSV file a day with a header, everything text.
CREATE OR REFRESH STREAMING TABLE ${bronze}.reviews
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/reviews', format => 'csv', header => true,
    schema => 'review_id STRING, product_id STRING, stars STRING, language STRING, review_text STRING, photo_url STRING, written_on STRING, helpful STRING, votes STRING',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
