"""Releases: what was deployed where, whether it passed, how it goes on to the next target, and the way back."""
