"""What `python -m training.evaluate` measures: one module for each kind of measurement, and what they share."""
