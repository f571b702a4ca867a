"""`make soak`: many kinds of clients and a few attackers for some minutes, and what that leaves behind."""
