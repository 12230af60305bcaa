"""Documents: reading files, and the structure found in their text."""
