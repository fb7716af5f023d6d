"""How a target is: the last run of its jobs, what the gates found, and the newest update of each pipeline."""
