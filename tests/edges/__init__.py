"""The numbers, the built-in types and the library at their edges, against what Python makes of the same calls."""
