"""Money: the ledger, budgets and plans, and what was spent on what."""
