"""The model server over HTTP: where it is, whether it is ready, what it is asked and what it answers."""
