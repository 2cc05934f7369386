"""Pages of children's files: taken out, erased, and how long they are kept."""
