"""Pages of the first pass."""
