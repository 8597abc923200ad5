"""Reading the models that people have."""
