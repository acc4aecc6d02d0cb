"""The market as one convex quadratic program: sets, variables, equations, compile."""
