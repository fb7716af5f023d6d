"""Updates of deployed pipelines: found, followed to their end and told."""
