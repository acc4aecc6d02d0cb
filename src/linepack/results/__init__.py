"""Answers: labelled tables of a certified solution, price breakdown, headlines, comparison."""
