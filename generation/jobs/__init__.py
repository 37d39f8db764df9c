"""Jobs: one brief sent to one model. Starting, sending, settling, and what the clock finds left behind."""
