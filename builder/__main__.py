"""`python -m builder`: the core from the command line."""

from builder.command_line import main

main()
