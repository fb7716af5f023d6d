"""Failures of a pipeline in the workspace: what is known of them, and which one an event shows."""
