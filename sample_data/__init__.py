"""The sample shop of the template: a script that makes its files, and an oracle that says what a run must find."""
