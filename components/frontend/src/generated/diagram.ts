/** Written by `python -m scripts.wire`: change the Python, then run that. */

/** Whose diagram it is, and the node that is to be in view; empty for none. */
export interface DiagramData {
  document: string;
  selected: string;
}
