"""Plain data that every part of the app may import: options, parameters of sequences, and the engine's events."""
