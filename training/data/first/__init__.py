"""What people type first: bare names, short commands and questions, each task with one answer."""
