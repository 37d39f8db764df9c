"""The foundation: people, errors, the log, files, clock, money, and what pages are built from. It knows no app."""
