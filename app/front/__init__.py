"""What stands before the application: connections and what they may cost, before a thread serves them."""
