"""Engines as replicas on Ray Serve, and the front's pool of them. Only this package imports ray."""
