"""The example of a configuration file in the framework specification, word for word, and a second long contract."""

from __future__ import annotations

SPECIFIED = """\
# Example configuration file structure
table:
  name: silver_customers
  layer: silver
  description: "Cleaned and standardized customer data"

schema:
  enforce: true
  evolution:
    allowed: true
    mode: "add_nullable"

validation:
  rules:
    - name: "valid_email"
      column: "email"
      type: "email"  # Using pre-built validator
    - name: "valid_phone"
      column: "phone"
      type: "phone"  # Using pre-built validator
    - name: "valid_customer_type"
      column: "customer_type"
      allowed_values: ["retail", "wholesale", "partner"]
    - name: "valid_date_range"
      type: "cross_field"
      condition: "start_date < end_date"
  statistical:
    - column: "age"
      distribution: "normal"
      mean: 45
      std_dev: 15
      outlier_action: "tag"  # or "quarantine"
    - column: "purchase_amount"
      min_value: 0
      max_value: 10000
      outlier_action: "quarantine"

scd:
  type: 2
  key_columns: ["customer_id"]
  track_columns: ["name", "address", "phone", "customer_type"]
  effective_from: "effective_date"
  effective_to: "end_date"
  current_flag: "is_current"

governance:
  owner: "customer_data_team"
  steward: "john.doe@company.com"
  classification:
    default: "internal"
    columns:
      email: "pii"
      phone: "pii"
  retention: "7 years"
  catalog_integration:
    system: "collibra"
    namespace: "customer_domain"

compliance:
  regulations: ["gdpr", "ccpa"]
  pii_columns: ["email", "phone", "address"]
  right_to_be_forgotten: true

performance:
  partitioning:
    columns: ["year", "month"]
    strategy: "time"
  z_order:
    columns: ["customer_id", "region"]
  caching:
    enabled: true
    refresh: "daily"

monitoring:
  sla:
    freshness: "24h"
    completeness: 99.5
    notification_channel: "slack:#data-alerts"
  metrics:
    - name: "record_count"
      description: "Total number of records"
      threshold:
        min: 1000
        warning_threshold: 2000
    - name: "new_records_percentage"
      description: "Percentage of new records vs updates"

testing:
  scenarios:
    - name: "missing_values"
      columns: ["email", "phone"]
    - name: "schema_changes"
      compatibility: "backward"
    - name: "data_drift"
      columns: ["purchase_amount", "age"]
      threshold: 0.2
  golden_datasets:
    - path: "s3://test-data/customers_golden.parquet"
      purpose: "regression"
    - path: "s3://test-data/customers_edge_cases.parquet"
      purpose: "edge_cases"
"""

ORDERS_LONG = r"""
table: {name: orders, layer: silver, from: orders_conformed, description: One row per order.}
schema:
  columns:
    order_id: {type: string, description: Number on the invoice}
    amount: decimal(12,2)
    ordered_at: {type: timestamp, format: "dd.MM.yyyy HH:mm", nullable: false}
    note: string
validation:
  on_fail: drop
  rules:
    - {name: looks_like_an_order, column: order_id, type: regex, pattern: '^O-\d+\z', severity: critical}
    - {name: not_free, column: amount, min_value: 0, on_fail: warn}
    - {name: short, column: note, length: {max: 200}}
    - {name: not_early, type: cross_field, condition: "ordered_at > timestamp '2020-01-01'", on_fail: tag}
scd: {type: 1, key_columns: [order_id], sequence_by: [ordered_at], delete_when: note = 'gone'}
governance: {owner: sales, read: [analysts], tags: {domain: sales}}
monitoring: {sla: {freshness: 2 days, quarantined: 10 %}}
targets:
  dev:
    validation: {on_fail: warn, rules: [{name: not_free, disabled: test data is free}]}
    monitoring: {sla: {freshness: 90 days}}
"""
