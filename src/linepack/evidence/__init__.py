"""Evidence: from an article to claims, a ledger that keeps disagreement, and links to what the model can change."""
