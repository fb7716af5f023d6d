"""From the files in contracts/ to a `Contract`: both spellings, overlays of targets, rules compiled to SQL."""
