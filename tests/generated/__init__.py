"""Random well-formed IR, mutants of it and bugs put into passes: evidence that the verifiers see what matters."""
