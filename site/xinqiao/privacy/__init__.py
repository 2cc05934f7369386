"""What the school tells the public about children's data, and what it asked itself before: the notice and the impact assessment."""
