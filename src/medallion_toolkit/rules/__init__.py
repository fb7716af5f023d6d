"""The rules a project may use, and the examples of its own ones run on the local engine."""
