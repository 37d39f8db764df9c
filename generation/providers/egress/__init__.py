"""The way out to providers: HTTP within deadlines and limits, to their own addresses, with keys redacted."""
