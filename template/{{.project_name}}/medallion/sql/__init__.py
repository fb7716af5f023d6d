"""SQL as text: names and values, column types, the statements and scripts of the jobs."""
