"""The table of runtime functions: C types and ownership per argument."""
