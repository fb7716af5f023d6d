"""Files as they stand: YAML and JSON read so that every value knows its line, and what a file may say."""
