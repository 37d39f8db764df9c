"""Listing sites and their keys."""
