"""What is written to disk and read back: pictures with their requests."""
