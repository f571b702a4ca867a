"""Plain data that every part of the app may use: decoding options, generation parameters, and the engine's events."""
