"""Briefs: one filled-in template or free text, the pictures that go along, and what it would do and cost."""
