"""The connected editor: its session, its protocol, its progress reports, and what is displayed in it."""
