"""The rules a contract may use: a registry of small units that write SQL."""
