/** A search field over the palette; Enter adds the block that is marked. */

import { useEffect, useId, useMemo, useRef, useState } from "react";
import { search } from "../../shared/search";
import type { PaletteBlock, PaletteCategory, Point } from "./types";

type Listed = PaletteBlock & { category: string };

interface Props {
  palette: PaletteCategory[];
  purpose: string;
  at: Point | undefined; // within the canvas; where that is free, it opens in the middle
  add: (block: string) => void;
  close: () => void;
}

export function QuickAdd({ palette, purpose, at: place, add, close }: Props) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const all = useMemo<Listed[]>(
    () => palette.flatMap(({ category, blocks }) => blocks.map((each) => ({ ...each, category }))),
    [palette],
  );
  const hits: Listed[] = query.trim() ? search(query, all).map(({ block }) => block) : all;
  const marked = hits[Math.min(at, hits.length - 1)];
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marked one is looked for in the page
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [marked]);
  const keys = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) setAt(Math.max(0, Math.min(hits.length - 1, at + step)));
    else if (event.key === "Enter" && marked) add(marked.block);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="quick nodrag nopan nowheel"
      data-placed={place ? "" : undefined}
      style={place && ({ "--x": `${place.x}px`, "--y": `${place.y}px` } as React.CSSProperties)}
      onKeyDown={keys}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={marked && `${id}-${marked.block}`}
        aria-label={purpose}
        placeholder={purpose}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
      />
      <ul ref={list} id={id} role="listbox" aria-label="Blocks">
        {hits.map((each) => (
          <li
            key={each.block}
            id={`${id}-${each.block}`}
            role="option"
            aria-selected={each === marked}
            data-category={each.category}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => add(each.block)}
          >
            <b>{each.block}</b>
            <span>{each.summary}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className="none">No block fits. Try another word.</p>}
    </div>
  );
}
