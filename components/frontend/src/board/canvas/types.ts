/** What Python sends: see `components/canvas/data.py`, which says what each field means. */

export interface Wire {
  source: string;
  shape: string;
}

export interface Costs {
  params: number;
  macs: number;
  activation_bytes: number;
}

export interface Part extends Costs {
  key: string;
  title: string;
  category: string;
  parameters: string;
  shape: string;
  layers: number;
  folds: boolean;
  inputs: Wire[];
  parts: Part[];
  output: string;
}

export interface NodeRow extends Costs {
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
  single: boolean;
  repeats: boolean;
  closed: string;
  takes: string[] | null;
  refuses: Record<string, string>;
  used: boolean;
  level: "" | "error" | "warning";
  issue: string;
  fix: string;
  layers: number;
  open: boolean;
  parts: Part[];
  output: string;
  content: Record<string, unknown>;
}

export interface PaletteBlock {
  block: string;
  summary: string;
}

export interface PaletteCategory {
  category: string;
  label: string;
  blocks: PaletteBlock[];
}

export interface CanvasData {
  gradients: string; // where the gradients of the latest training are to be had
  document: string;
  title: string;
  revision: number;
  ledger: string;
  client: string;
  ack: number;
  palette: PaletteCategory[];
  nodes: NodeRow[];
  blocks: unknown[];
  ends: [string, unknown][];
  selection: string | null;
  others: string[];
  open: string[];
  closed: number;
  can_undo: boolean;
  can_redo: boolean;
  theme: "light" | "dark";
  views?: string; // what the page shows, to be kept
}

export interface Component {
  data: CanvasData;
  parentElement: HTMLElement | ShadowRoot;
  setStateValue: (name: string, value: unknown) => void;
}

export type Direction = "down" | "right";
export type Overlay = "params" | "macs" | "activation_bytes" | "reach" | "shape" | "gradient";

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export type Rect = Point & Size;
