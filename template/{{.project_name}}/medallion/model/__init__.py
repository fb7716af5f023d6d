"""What a contract states, as frozen values; no files, no SQL of tables."""
