"""Listings: the properties that pictures are made for."""
