"""The benchmark: `python -m bench`. Every figure is a ratio of two measurements of the same run."""
