"""Contracts at hand: shown merged, rewritten, compared with an earlier revision, exchanged with other formats."""
