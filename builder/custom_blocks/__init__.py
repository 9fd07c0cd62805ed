"""A person's own blocks: nodes of a network, named, with chosen parameters exposed.

May import `network` and what is below it. What such a block is says `network/own_block.py`;
`grouping.py` makes one of nodes and takes it apart, `inside.py` opens one for editing, and
`changing.py` changes one wherever it stands.
"""
