"""Runs: identity, store and runner, used by everything that solves more than once."""
