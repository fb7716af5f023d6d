"""File sources as the workspace reads them: `read_files` and `cloudFiles` over a local folder."""
