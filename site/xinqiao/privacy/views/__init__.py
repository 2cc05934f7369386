"""Pages of the notice and of the impact assessment."""
