"""Deals: coalition games, voting bodies, bargaining, and deal definitions."""
