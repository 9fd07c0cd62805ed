"""The parts of the Design page: document bar, editor, diagram, inspector, totals, tabs, dialogs."""
