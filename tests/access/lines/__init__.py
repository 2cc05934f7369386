"""The lines of the matrix, one module an app, each with its LINES."""
