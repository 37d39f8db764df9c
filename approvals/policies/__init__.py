"""Who may submit and decide, and what a decision lacks."""
