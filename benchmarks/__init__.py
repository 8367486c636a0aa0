"""What Parley costs, measured; and what it looks like. How to read the figures: README.md."""
