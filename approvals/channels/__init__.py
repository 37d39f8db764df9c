"""Channels: their rules, how they disclose, and the verdict on a version in one of them."""
