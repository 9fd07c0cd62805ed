/** What is copied, as a text: `builder/files/clipboard.py` says what is in it, and reads it. */

import { chord } from "../help/keys";
import type { View } from "../session/session";

const FORMAT = "convstack-nodes";
const MOST = 2_000_000; // letters

/**
 * The text of some nodes, or null where there is none of them.
 *
 * @param stay whether the nodes stay where they are, so that copies in their document may read
 *   what they read
 */
export function clipOf(
  ids: readonly string[],
  { rows, data }: Pick<View, "rows" | "data">,
  stay: boolean,
): string | null {
  const nodes = rows
    .filter((row) => ids.includes(row.id))
    .map(({ content, repeat }) => ({ ...content, repeat }));
  if (nodes.length === 0) return null;
  const document = stay ? data.document : "";
  const { blocks } = data;
  const ends = Object.fromEntries(data.ends);
  return JSON.stringify({ format: FORMAT, version: 1, document, nodes, blocks, ends });
}

/** Why a text cannot be pasted; "" where it is for the server to say. */
export function whyNot(text: string): string {
  if (text.length > MOST) return "What is in the clipboard is too large to be pasted";
  try {
    if (JSON.parse(text)?.format === FORMAT) return "";
  } catch {
    // some other text
  }
  return `There are no blocks in the clipboard: copy some first, by ${chord(["Ctrl", "C"])}`;
}
