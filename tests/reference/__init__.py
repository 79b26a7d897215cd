"""Slow, plain Python: what docs/explanation/semantics.md says, sentence by sentence.

Nothing here is taken from the engine, and nothing here is quick. Where the two differ, one of them is wrong.
"""

from reference.derive import derive

__all__ = ["derive"]
