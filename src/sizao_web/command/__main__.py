"""`python -m sizao_web.command …`: the command in this very Python, as the processes it starts need it."""

from sizao.cli import main

main()
