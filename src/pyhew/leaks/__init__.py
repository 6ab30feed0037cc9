"""`hew memcheck`: what a program left behind, found twice and shown by type and line."""
