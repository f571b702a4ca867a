"""Rules that turn what a model wrote into text worth showing at the cursor."""
