"""Random Hew programs, well typed by construction, each written in Python as well: two opinions on what it prints."""
