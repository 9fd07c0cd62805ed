/** What the keys do, for the lists that stack and canvas show; both have most of them. */

/** The keys that are pressed together or instead of each other, and what they do. */
export type Entry = readonly [keys: readonly string[], does: string];

const BOTH: readonly Entry[] = [
  [["E"], "go to its settings; Esc comes back"],
  [["Shift", "Ctrl", "click"], "select several"],
  [["Ctrl", "A"], "select all"],
  [["Ctrl", "G"], "make a block of what is selected"],
  [["Ctrl", "C", "X", "V"], "copy, cut, paste: also into another network or tab"],
  [["Ctrl", "D"], "duplicate it"],
  [["+", "−"], "repeat it one time more or less"],
  [["Ctrl", "Z"], "undo"],
  [["Ctrl", "Shift", "Z"], "redo"],
  [["Ctrl", "Y"], "redo as well"],
  [["Esc"], "close, give up or select less; at last leave the full window"],
  [["?"], "this list"],
];

export const STACK_KEYS: readonly Entry[] = [
  [["/"], "search the palette; Enter adds the first hit"],
  [["↑", "↓"], "select the row above or below"],
  [["→", "←"], "show or hide the layers inside of it"],
  [["Shift", "↑", "↓"], "select several rows"],
  [["Alt", "↑", "↓"], "move the selected row"],
  [["Home", "End"], "select the first or last row"],
  [["Enter"], "add a block after the selected row"],
  [["Delete"], "remove it"],
  ...BOTH,
];

export const CANVAS_KEYS: readonly Entry[] = [
  [["/"], "add a block; also a double click"],
  [["Drag"], "blocks in; with Shift unconnected"],
  [["Lower edge"], "drag it to another block to connect them"],
  [["A line's end"], "drag it to another block or input; it stays if let go over nothing"],
  [["A skip"], "add an Add, then drag both to it"],
  [["↑", "↓", "←", "→"], "walk along the connections"],
  [["Space"], "show or hide the layers inside"],
  [["Enter"], "look into the selected block"],
  [["U"], "out of it again, one step up"],
  [["Shift", "drag"], "select what lies in a box"],
  [["R"], "type how often it is repeated"],
  [["Delete"], "remove it, or cut the selected line"],
  [["F"], "fit all into the view"],
  [["T"], "tidy: lay out everything again"],
  [["W"], "this view beside another one, or alone"],
  [["Ctrl", "wheel"], "zoom"],
  ...BOTH,
];

const MAC_NAMES: Record<string, string> = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧" };

const MAC_ORDER = "⌥⇧⌘";

/** Keys that are pressed together, as a button's title has them: `Ctrl+Z`, on a Mac `⌘Z`. */
export function chord(keys: readonly string[], platform = navigator.platform): string {
  const names = keys.map((key) => keyName(key, platform));
  if (!names.some((name) => MAC_ORDER.includes(name))) return names.join("+");
  const held = [...MAC_ORDER].filter((name) => names.includes(name));
  return [...held, ...names.filter((name) => !held.includes(name))].join("");
}

/** A key as it is written on the keyboard of a platform, such as `MacIntel`. */
export function keyName(key: string, platform: string): string {
  return (/Mac|iPhone|iPad/.test(platform) && MAC_NAMES[key]) || key;
}
