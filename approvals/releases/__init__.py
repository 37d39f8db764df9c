"""Releases: the file and the public document of a version in a channel, and how they begin, pause and end."""
