"""The development loop: files are watched, what a change touches runs again, the last results stay in view."""
