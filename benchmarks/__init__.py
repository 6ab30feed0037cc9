"""Benchmarks: ours and the peers', one command."""
