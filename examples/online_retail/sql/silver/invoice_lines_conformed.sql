-- Names and spelling only. Types and rules: contracts/silver/invoice_lines.yml
CREATE TEMPORARY VIEW invoice_lines_conformed
AS SELECT
    upper(trim(InvoiceNo))                       AS invoice_id,
    upper(trim(StockCode))                       AS stock_code,   -- 85123A and 85123a are one article
    nullif(trim(Description), '')                AS description,
    Quantity                                     AS quantity,
    InvoiceDate                                  AS invoiced_at,
    UnitPrice                                    AS unit_price,
    regexp_replace(trim(CustomerID), '[.]0$', '') AS customer_id, -- 17850.0 came from a spreadsheet
    trim(Country)                                AS country,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.invoice_lines);
