"""The pages for making pictures."""
