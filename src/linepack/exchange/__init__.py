"""Runs and datasets in the formats of other tools, and back."""
