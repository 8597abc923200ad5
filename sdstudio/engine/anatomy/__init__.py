"""What a step is made of, in figures and pictures; one subject a file."""
