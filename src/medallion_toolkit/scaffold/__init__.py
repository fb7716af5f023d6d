"""A new project out of the template, without the Databricks CLI and byte for byte the same."""
