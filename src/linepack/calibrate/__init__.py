"""Fit to history and back-tests: parameters with priors, observations, and how far the model may be trusted."""
