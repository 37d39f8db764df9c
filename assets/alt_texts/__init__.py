"""Alt texts: what they must say, in how many languages, and writing them."""
