"""The measurements of `python -m training.evaluate`: one module per kind, and what they share."""
