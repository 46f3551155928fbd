"""Recomputes Atelier's bills from usage or facts and a price book, sharing no code with it."""
