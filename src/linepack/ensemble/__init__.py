"""Many runs: designs of draws, and what they say."""
