"""From a `Contract` to its tables: judged, quarantined, typed, with history; declared in Python or printed as SQL."""
