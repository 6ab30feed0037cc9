"""Programs made to be hard on the compiler: it stays quick on large ones and refuses endless ones."""
