-- Names and spelling only. Types and rules: contracts/silver/reviews.yml
CREATE TEMPORARY VIEW reviews_conformed
AS SELECT
    trim(review_id)       AS review_id,
    trim(product_id)      AS product_id,
    stars,
    lower(trim(language)) AS language_code,
    review_text,
    photo_url,
    written_on,
    helpful               AS helpful_votes,
    votes                 AS all_votes,
    _row_id, _source_file, _batch_id, _ingestion_timestamp, _rescued_data
FROM STREAM(${bronze}.reviews);
