/** What is carried, at the pointer: its name, and where it would go. */

import { useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { carrying } from "./carry";

export function Chip() {
  const { thing, x, y, words } = useSyncExternalStore(carrying.subscribe, carrying.snapshot);
  const chip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!chip.current) return;
    const left = Math.min(x + 12, window.innerWidth - chip.current.offsetWidth - 8);
    chip.current.style.transform = `translate(${left}px, ${y + 10}px)`;
  });
  if (!thing) return null;
  return (
    <div ref={chip} className="chip" data-category={thing.category}>
      <span className="tick" />
      {thing.label}
      <span className="place">{words}</span>
    </div>
  );
}
