"""Choosing a model, seeing what is loaded, and how far one on its way is."""
