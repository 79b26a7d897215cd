"""The one app that owns the tables of facts, what was derived from them, and the audit of both.

Writes go through `actions`, reads through `reading` with a scope.
"""
