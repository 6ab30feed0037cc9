"""Runs IR between `insert_drops` and emission on a heap that counts; the definition of what operations mean."""
