"""What a person does, for page, command line and routes alike.

May import everything but `worker` and `command_line`. Each module holds one kind of action.
"""
