"""Input that was made to do harm, tiny on disk: headers that lie, sparse files, bombs."""

from toys.hostile.attacks import ATTACKS, Attack, Outcome, read_attack

__all__ = ["ATTACKS", "Attack", "Outcome", "read_attack"]
