"""What the codes are worth."""
