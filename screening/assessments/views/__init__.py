"""Pages of the second stage."""
