"""The catalogue of blocks: layers, one file each, and modules, one function each."""
