"""Findings in a project's files before anything runs: one rule a module, safe repairs by position, SARIF."""
