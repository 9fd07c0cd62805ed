/** What the cards say beside their parameters, and how long their bars are. */

import { grouped, inSI } from "../../shared/numbers";
import { type Gradients, gradientReader } from "./gradients";
import type { Box } from "./scene";
import type { Overlay } from "./types";

export const OVERLAYS: Record<Overlay, string> = {
  params: "Parameters",
  macs: "MACs",
  activation_bytes: "Activation memory",
  reach: "Receptive field",
  shape: "Output shape",
  gradient: "Gradient flow",
};

const NOUNS = { params: "params", macs: "MACs", activation_bytes: "bytes of activations" };

/** What one overlay says of a box. */
export interface Reading {
  figure: string; // the short text on a card; "" where there is nothing to say
  share: number; // how long the bar is, 0 to 1
  mark: "" | "weak" | "none" | "broken"; // of the gradient
}

/** Reads one overlay off the boxes. */
export function reader(
  overlay: Overlay,
  boxes: Iterable<Box>,
  gradients: Gradients | null,
): (box: Box) => Reading {
  if (overlay === "gradient") {
    const read = gradientReader(gradients);
    return (box) => read(box.id);
  }
  const total = totalOf(boxes, overlay);
  return (box) => ({ figure: figure(box, overlay), share: share(box, overlay, total), mark: "" });
}

function figure(box: Box, overlay: Exclude<Overlay, "gradient">): string {
  if (overlay === "shape") return box.shape;
  if (overlay === "reach") return box.reach && `sees ${box.reach}`;
  const value = box[overlay];
  if (value === 0) return "";
  if (overlay === "params") return inSI(value);
  return overlay === "macs" ? `${inSI(value)} MACs` : `${inSI(value)}${value < 1000 ? " " : ""}B`;
}

/** All that is known of a box, exactly, for the tooltip. */
export function facts(box: Box): string {
  const costs = (["params", "macs", "activation_bytes"] as const)
    .filter((name) => box[name] > 0)
    .map((name) => `${grouped(box[name])} ${NOUNS[name]}`);
  const reach = box.reach && `receptive field ${box.reach}`;
  const out = box.shape && `output ${box.shape}`;
  return [[box.title, box.block, box.parameters].filter(Boolean).join(" · "), out, ...costs, reach]
    .filter(Boolean)
    .join("\n");
}

/** A box's share of the whole, to a hundredth: no card changes with each edit of another one. */
function share(box: Box, overlay: Exclude<Overlay, "gradient">, total: number): number {
  if (overlay === "shape" || overlay === "reach" || total === 0) return 0;
  return Math.min(1, Math.ceil((100 * box[overlay]) / total) / 100);
}

/** The sum over all nodes that a share is of. */
function totalOf(boxes: Iterable<Box>, overlay: Exclude<Overlay, "gradient">): number {
  if (overlay === "shape" || overlay === "reach") return 0;
  let total = 0;
  for (const box of boxes) if (box.parent === null) total += box[overlay];
  return total;
}
