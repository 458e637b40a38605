"""What the policies are worth."""
