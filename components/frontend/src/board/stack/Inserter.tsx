/** The "+" between two rows, which sets where the next block goes. */

import type { Place } from "../desk";
import { Icon } from "../Icon";

const LEAST = 11; // pixels from the top, so that it is whole above the first row as well

interface InserterProps {
  offered: Place | null; // the gap that the pointer or the keyboard is at
  fallback: string | null; // the row that it stands behind as long as it is not offered
  named: (id: string | null) => string; // what a row is called; "" above the first
  bottom: (id: string | null) => number; // where a row ends, in pixels
  insert: (after: string | null) => void;
  offer: (place: Place | null) => void;
}

export function Inserter({ offered, fallback, named, bottom, insert, offer }: InserterProps) {
  const after = offered ? offered.after : fallback;
  const name = named(after);
  const label = name ? `Insert a block after ${name}` : "Insert a block at the top";
  return (
    <button
      type="button"
      className={`inserter ${offered ? "offered" : ""}`}
      aria-label={label}
      title={label}
      style={{ top: Math.max(bottom(after), LEAST) }}
      onClick={() => insert(after)}
      onPointerDown={(event) => event.stopPropagation()}
      onFocus={(event) => {
        if (event.currentTarget.matches(":focus-visible")) offer({ after: fallback });
      }}
      onBlur={() => offer(null)}
    >
      <Icon name="plus" />
    </button>
  );
}
