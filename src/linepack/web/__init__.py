"""The page and the HTTP API: a server for one user's machine, jobs that survive a restart, forms for scenarios."""
