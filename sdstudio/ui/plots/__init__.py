"""What the panels' plots, pictures and numbers have in common."""
