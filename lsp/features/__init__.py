"""What an editor can request: inline completions, popup items, code actions, commands and notifications."""
