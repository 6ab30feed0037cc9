"""What debuggers are given so that they show Hew values."""
