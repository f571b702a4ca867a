"""What the part `infill` of the benchmark is made of: problems, methods that fill them, and what comes of it."""
