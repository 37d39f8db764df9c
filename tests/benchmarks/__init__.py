"""Measurements, not tests: they print figures and the machine they were taken on. Plain pytest does not collect them.

`make bench` runs them all; one alone: `.venv/bin/python -m tests.benchmarks bench_sets`.
"""
