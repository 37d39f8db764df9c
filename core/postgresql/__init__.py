"""Django's PostgreSQL engine, with a server that must answer within a second, so that no page hangs on it."""
