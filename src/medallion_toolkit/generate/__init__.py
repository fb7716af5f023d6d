"""Files that follow from contracts, made by the project's own helper package."""
