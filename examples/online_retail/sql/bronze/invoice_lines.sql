-- Invoice lines as the shop's system exports them: one CSV file a trading day, everything text.
-- escape: a quote inside a quoted value is written twice.
CREATE OR REFRESH STREAMING TABLE ${bronze}.invoice_lines
TBLPROPERTIES ('pipelines.reset.allowed' = 'false')
AS SELECT
    *,
    uuid() AS _row_id,
    _metadata.file_path AS _source_file,
    sha2(concat(_metadata.file_path, _metadata.file_modification_time), 256) AS _batch_id,
    current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/invoice_lines', format => 'csv', header => true, escape => '"',
    schema => 'InvoiceNo STRING, StockCode STRING, Description STRING, Quantity STRING, InvoiceDate STRING, UnitPrice STRING, CustomerID STRING, Country STRING',
    schemaEvolutionMode => 'rescue', rescuedDataColumn => '_rescued_data');
