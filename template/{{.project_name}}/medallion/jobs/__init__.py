"""The SQL of the jobs around the pipelines: gates, grants and masks, tags and comments, monitoring views."""
