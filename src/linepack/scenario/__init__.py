"""What if: scenarios as ordered, named patches of a dataset, and cases as sets of scenarios."""
