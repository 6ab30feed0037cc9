"""`hew test`: finding tests, running each in its own process, reporting."""
