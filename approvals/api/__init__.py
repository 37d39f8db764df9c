"""The API that listing sites read."""
