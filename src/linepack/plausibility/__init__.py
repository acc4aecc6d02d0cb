"""Does the market answer small and large questions as a gas person would expect? Model beside expected bands."""
