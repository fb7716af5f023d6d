"""What a contract says of the rows that are there, before and after a change; nothing is written."""
