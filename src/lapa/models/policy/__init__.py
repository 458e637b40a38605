"""Policies: a backbone, an action head and the action statistics they share."""
