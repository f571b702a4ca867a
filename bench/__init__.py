"""The benchmark: `python -m bench`. Every figure is a ratio against something measured in the same run."""
