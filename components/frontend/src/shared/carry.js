/**
 * A block that is carried over the page. The palette tells where it is; what lies there and could
 * take it says so, and in which place. Palette and canvas stand in shadow trees of their own, so
 * they meet at the document.
 */

const NAME = "convstack-carry";

/**
 * @param {"over" | "drop" | "end"} phase `end` comes always, after `drop` or without it
 * @param {object} what `block`, `x` and `y` on the screen, `loose`: whether it is to be unconnected
 * @returns {string | null} in words, where it would go; null where nothing takes it
 */
export function tell(phase, what = {}) {
  const detail = { phase, ...what, place: null };
  document.dispatchEvent(new CustomEvent(NAME, { detail }));
  return detail.place;
}

/**
 * Take part: `take` gets each message and puts where the block would go into its `place`.
 *
 * @returns {() => void} what ends it
 */
export function attend(take) {
  const hear = ({ detail }) => take(detail);
  document.addEventListener(NAME, hear);
  return () => document.removeEventListener(NAME, hear);
}
