"""Everything that writes: one file for each write, named by what a person does.

Each takes the scope of who acts and the moment, and runs in the caller's transaction.
"""
