"""Pictures as bytes: what they are, smaller copies of them, and what they say about themselves. Plain Python."""
