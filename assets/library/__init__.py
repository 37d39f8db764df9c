"""The library: taking pictures in, copies for our own pages, what is missing, and putting away."""
