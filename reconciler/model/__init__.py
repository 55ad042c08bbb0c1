"""The vocabulary of the reconciler: values only, no I/O, no clock."""
