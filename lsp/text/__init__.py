"""Documents, snapshots of them, and what their text says about code: no server, no editor session."""
