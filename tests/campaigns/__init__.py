"""Long tests, as commands: `python -m tests.campaigns NAME --size small|nightly --seed S`."""
