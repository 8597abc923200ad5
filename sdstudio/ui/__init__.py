"""The window. Qt only: draws what the session holds, as numpy arrays and plain values."""
