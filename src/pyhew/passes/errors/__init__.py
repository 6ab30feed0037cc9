"""Diagnostics of the passes."""
