"""Templates of prompts: their fields, revisions and content rules, and writing them."""
