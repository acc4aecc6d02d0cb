"""Odds: from a move of forward prices to a band of implied change of probability, and scores afterwards."""
