"""What a local run does in place of the workspace, found without running anything."""
