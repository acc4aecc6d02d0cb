"""Benchmarks that stay: each file is a command that prints JSON."""
