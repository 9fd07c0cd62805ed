/** What is inside of a row, line by line: its parts, each before what it is made of itself. */

import type { Part } from "../canvas/types";
import { shortcuts } from "./shortcuts";

export interface Line {
  part: Part;
  depth: number; // from 0
  open: boolean | null; // whether what it is made of is shown; null where it cannot be folded
  shortcut: string; // the key of the merge to which it is a shortcut, or ""
}

/** @param open the keys of what is unfolded */
export function linesOf(parts: Part[], open: ReadonlySet<string>, depth = 0): Line[] {
  const aside = shortcuts(
    parts.map(({ key, inputs, shape }) => ({
      id: key,
      inputs: inputs.map(({ source }) => source),
      shape,
    })),
  );
  return parts.flatMap((part) => {
    const unfolded = part.folds ? open.has(part.key) : null;
    const shortcut = aside.get(part.key) ?? "";
    const own = depth + (shortcut ? 1 : 0);
    const line = { part, depth: own, open: unfolded, shortcut };
    return unfolded === false ? [line] : [line, ...linesOf(part.parts, open, own + 1)];
  });
}
