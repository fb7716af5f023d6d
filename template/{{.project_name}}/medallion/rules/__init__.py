"""The rules a contract may use: a registry of small units, and their compilation to SQL."""
