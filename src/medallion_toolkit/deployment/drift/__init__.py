"""Drift: what differs between the code and its workspace, or between two targets, and the way back into the code."""
