"""The model server over HTTP: finding or starting it, its state, requests and responses."""
