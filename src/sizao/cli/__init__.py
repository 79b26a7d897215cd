"""The command `sizao`: every step of the mechanism from a shell, on folders of files and without a server.

This is the edge: the clock is read here once per run, words go to the terminal, and mistakes become exit
codes: 0 done, 1 wrong input (said with what, where, and what to do), 2 a bug.
"""

from sizao.cli.running import main

__all__ = ["main"]
