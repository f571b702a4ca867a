"""The benchmark's part `infill`: problems, methods that fill them, and their scores."""
