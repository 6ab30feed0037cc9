"""Programs broken at random: the compiler must refuse or compile each of them, and never break itself."""
