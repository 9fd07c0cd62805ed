"""A person's actions that take several steps, shared by pages, command line and routes.

`training` starts, resumes and ends runs, `trash` deletes and restores, `own_blocks` edits and
renames blocks wherever they stand, and `upkeep` prepares a data folder when a program begins.
Callers only request the action and show its result or its message.

Actions of a single call have no wrapper here: a document is opened, edited, undone, created and
renamed through `documents.workspace`, a block is kept through `documents.library`, a note is
written by `runs.notes`, the queue is reordered by `scheduler.queue`, and images are read and stored
by `datasets.own_images.work`.

No action raises an OSError: a failure of the disk is a `DiskError`, worded by `system.disk_errors`
(docs/decisions/0030-actions.md). May import everything but `worker` and `command_line`.
"""
