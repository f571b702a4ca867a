"""`make fuzz`: requests that nobody should send, and whether each gets an answer that is documented."""
