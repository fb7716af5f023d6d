-- One row per day; date_key (yyyymmdd) joins to the facts.
CREATE OR REFRESH MATERIALIZED VIEW ${gold}.dim_date
COMMENT 'One row per day of the calendar, 2024 to 2027.'
AS
WITH days AS (
    SELECT explode(sequence(DATE '2024-01-01', DATE '2027-12-31', INTERVAL 1 DAY)) AS calendar_date
)
SELECT
    CAST(date_format(calendar_date, 'yyyyMMdd') AS INT) AS date_key,
    calendar_date,
    year(calendar_date)                  AS calendar_year,
    quarter(calendar_date)               AS calendar_quarter,
    month(calendar_date)                 AS calendar_month,
    date_format(calendar_date, 'MMMM')   AS month_name,
    weekofyear(calendar_date)            AS iso_week,
    weekday(calendar_date) + 1           AS iso_weekday,
    date_format(calendar_date, 'EEEE')   AS weekday_name,
    weekday(calendar_date) >= 5          AS is_weekend,
    last_day(calendar_date) = calendar_date AS is_month_end
FROM days;
