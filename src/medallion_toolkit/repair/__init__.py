"""Quarantined rows: which are open and why, what the present rules say of them, and how they come back."""
