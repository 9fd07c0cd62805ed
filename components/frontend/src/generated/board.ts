/** Written by `python -m scripts.wire`: change the Python, then run that. */

/** Place a new block after a node; None places it before the first row. */
export interface Add {
  n: number;
  op: "add";
  block: string;
  after: string | null;
}

/** Place a new block on the connection from one node to an input of another one. */
export interface AddOnEdge {
  n: number;
  op: "add_on_edge";
  block: string;
  source: string;
  target: string;
  port: number;
}

/** Place a new block that reads `source` and is read by `target`, each None for none. */
export interface Attach {
  n: number;
  op: "attach";
  block: string;
  source?: string | null;
  target?: string | null;
}

/** Where a board is found; the addresses are relative to the page's own. */
export interface BoardData {
  document: string;
  board: string;
  operations: string;
  state: string;
  events: string;
  connections: string;
  foresight: string;
  gradients: string;
  drawn: number;
  theme: "light" | "dark";
}

/** Connect a node to another one; `port` is the input that is replaced, None adds one. */
export interface Connect {
  n: number;
  op: "connect";
  source: string;
  target: string;
  port?: number | null;
}

/** What has changed on a board since version `base`; the whole state where that is None. */
export interface Delta {
  base: number | null;
  version: number;
  ledger: string;
  client: string;
  ack: number;
  fields: Partial<Fields>;
  nodes: NodeRow[];
  order: string[] | null;
}

/** Remove the connection from one node to an input of another one. */
export interface Disconnect {
  n: number;
  op: "disconnect";
  source: string;
  target: string;
  port: number;
}

/** Copy a node to the place right after it. */
export interface Duplicate {
  n: number;
  op: "duplicate";
  node: string;
}

/** All that a board shows apart from its nodes. */
export interface Fields {
  title: string;
  revision: number;
  palette: PaletteCategory[];
  blocks: Record<string, unknown>[];
  ends: [string, unknown][];
  selection: string | null;
  others: string[];
  open: string[];
  closed: number;
  can_undo: boolean;
  can_redo: boolean;
  told: number;
  ticked: [string, string][];
}

/** How nodes would look after an edit that is not made yet: those that it changes. */
export interface Foreseen {
  version: number;
  nodes: NodeRow[];
}

/** Gradients by node, as JSON. */
export interface GradientAnswer {
  run: string;
  name: string;
  created: string;
  changed: number;
  active: boolean;
  batch: number;
  state: Flow;
  message: string;
  advice: string;
  begins: string;
  norms: Record<string, [number | null, number | null]>;
}

/** Ask to make a block of a node and others. */
export interface Group {
  n: number;
  op: "group";
  node: string;
  others?: string[];
}

/** Operations of one browser page on one document, numbered without a gap, oldest first. */
export interface Log {
  client: string;
  document: string;
  ledger: string;
  ops: (Add | AddOnEdge | Attach | Paste | Duplicate | Move | Remove | Repeat | Group | Undo | Redo | Select | Open | Connect | Redirect | SwapInputs | Disconnect)[];
}

/** Move a node to the place after another; None moves it to the top. */
export interface Move {
  n: number;
  op: "move";
  node: string;
  after: string | null;
}

/** One node of the network. */
export interface NodeRow {
  params: number;
  macs: number;
  activation_bytes: number;
  id: string;
  name: string;
  block: string;
  category: string;
  parameters: string;
  shape: string;
  reach: string;
  repeat: number;
  inputs: string[];
  sources: boolean;
  repeats: boolean;
  used: boolean;
  level: "" | "error" | "warning";
  issue: string;
  fix: string;
  layers: number;
  open: boolean;
  parts: PartRow[];
  output: string;
  content: Record<string, unknown>;
}

/** Unfold these nodes and parts, and no others. */
export interface Open {
  n: number;
  op: "open";
  parts: string[];
}

/** One line of the palette. */
export interface PaletteBlock {
  block: string;
  summary: string;
}

/** One collapsible group of the palette. `category` picks the color (`--cs-<category>`). */
export interface PaletteCategory {
  category: string;
  label: string;
  blocks: PaletteBlock[];
}

/** A layer or a module inside of a node. */
export interface PartRow {
  params: number;
  macs: number;
  activation_bytes: number;
  key: string;
  title: string;
  category: string;
  parameters: string;
  shape: string;
  layers: number;
  folds: boolean;
  inputs: Wire[];
  parts: PartRow[];
  output: string;
}

/** Paste copied nodes after a node; None pastes them at the end. */
export interface Paste {
  n: number;
  op: "paste";
  text: string;
  after: string | null;
}

/** Lead the connection from one node to an input of another one to a third node instead. */
export interface Redirect {
  n: number;
  op: "redirect";
  source: string;
  target: string;
  port: number;
  reader: string;
}

/** Redo the edit that was undone last. */
export interface Redo {
  n: number;
  op: "redo";
}

/** Remove a node, and others with it. */
export interface Remove {
  n: number;
  op: "remove";
  node: string;
  others?: string[];
}

/** Repeat a node `times` times in a row. */
export interface Repeat {
  n: number;
  op: "repeat";
  node: string;
  times: number;
}

/** Select a node, or nothing; `others` are selected as well. */
export interface Select {
  n: number;
  op: "select";
  node: string | null;
  others?: string[];
}

/** Lead the connection from one node to an input of another one to another of its inputs. */
export interface SwapInputs {
  n: number;
  op: "swap_inputs";
  source: string;
  target: string;
  port: number;
  inlet: number;
}

/** Undo the last edit. */
export interface Undo {
  n: number;
  op: "undo";
}

/** Whether one node may read another one, and as a sentence why not; "" where it fits. */
export interface VerdictTold {
  fit: Fit;
  why: string;
}

/** What a layer or module inside of a node reads. */
export interface Wire {
  source: string;
  inlet: number;
  shape: string;
}

/** Whether one node may read another one. */
export type Fit = "fits" | "misfit" | "refused";

/** How the gradients flow. */
export type Flow = "vanishing" | "exploding" | "dead" | "healthy" | "unknown";
