"""The specification of a training: settings, optimizers, schedules, losses.

Declarations only: nothing here trains. May import `datasets`, `blocks` and `system`. Begin with
`settings.py`, from which form, command-line options and JSON are derived.
"""
