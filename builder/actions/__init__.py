"""What a person does that takes several steps, for page, command line and routes alike.

`training` starts, resumes and ends runs, `trash` deletes and brings back, `own_blocks` edits and
renames blocks in all their places, `upkeep` is what a program does when it begins. Callers only ask
for the action and show its result or its sentence.

What is one call is called where it lives, without a wrapper here: a document is opened, edited,
undone, created and renamed through `documents.workspace`, a block kept through
`documents.library`, a note written by `runs.notes`, the queue's order changed by
`scheduler.queue`, images are read and stored by `datasets.own_images.work`.

No action lets an OSError out: what the disk refuses is a `DiskError`, worded by
`system.disk_errors` (docs/decisions/0030-actions.md). May import everything but `worker` and
`command_line`.
"""
