/** What the canvas is told, and what it speaks of. */

import type { BoardData, NodeRow } from "../../generated/board";

export type {
  NodeRow,
  PaletteBlock,
  PaletteCategory,
  PartRow as Part,
  Wire,
} from "../../generated/board";

/** What the overlays show of a node or a part. */
export type Costs = Pick<NodeRow, "params" | "macs" | "activation_bytes">;

export interface Component {
  // `views`: those that the page draws itself; `shown`: those of them that it draws now
  data: BoardData & { views?: string[]; shown?: string[] };
  parentElement: HTMLElement | ShadowRoot;
  setStateValue: (name: string, value: unknown) => void;
  setTriggerValue: (name: string, value: unknown) => void;
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
