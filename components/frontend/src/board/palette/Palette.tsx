/** The blocks to choose from: by category, or the hits of a search, best first. */

import { useEffect, useMemo, useRef, useState } from "react";
import { type Hit, search } from "../../shared/search";
import type { PaletteBlock, PaletteCategory } from "../canvas/types";
import { Icon } from "../Icon";
import type { Actions } from "../stack/actions";
import { historyCommand } from "../stack/keys";
import { BlockItem } from "./BlockItem";
import { Group } from "./Group";

interface PaletteProps {
  actions: Actions;
  categories: PaletteCategory[];
  purpose: string; // what the search field says while it is empty
}

type Listed = PaletteBlock & { category: string };

const closed = new Set<string>(); // categories, for as long as the page is loaded

export function Palette({ actions, categories, purpose }: PaletteProps) {
  const [query, setQuery] = useState("");
  const [folded, setFolded] = useState(() => new Set(closed));
  const [stop, setStop] = useState<string | null>(null); // the button that the Tab key reaches
  const left = useRef(false); // whether a key left what is in the field, and nobody typed since
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const { desk } = actions;
  const hits = useMemo(() => hitsOf(query, categories), [query, categories]);
  const first = hits ? (hits[0]?.block.block ?? null) : (categories[0]?.category ?? null);
  const reached = stop ?? first;
  useEffect(() => {
    desk.searchField = {
      focus: () => {
        input.current!.focus({ preventScroll: true });
        input.current!.select();
      },
    };
    return () => {
      desk.searchField = null;
    };
  }, [desk]);
  const look = (text: string) => {
    setQuery(text);
    setStop(null);
    list.current!.scrollTop = 0;
  };
  const fold = (category: string) => {
    if (!closed.delete(category)) closed.add(category);
    setFolded(new Set(closed));
  };
  const stops = () =>
    [...list.current!.querySelectorAll<HTMLElement>("button")].filter(
      (button) => !button.closest("[hidden]"),
    );
  const type = (event: React.KeyboardEvent<HTMLInputElement>) => {
    const history = left.current && historyCommand(event.nativeEvent, actions);
    if (history) {
      event.preventDefault(); // there is no typing that could be taken back instead
      history();
    } else if (event.key === "Enter") {
      const block = hits?.[0]?.block.block;
      if (block !== undefined) {
        actions.add(block);
        left.current = true;
      }
      input.current!.select();
    } else if (event.key === "ArrowDown") {
      stops()[0]?.focus();
      event.preventDefault();
    } else if (event.key === "Escape") {
      if (query) {
        left.current = true;
        look("");
      } else desk.leavePalette();
    }
  };
  const walk = (event: React.KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const all = stops();
    const at = all.indexOf(target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    const turns = { ArrowLeft: "true", ArrowRight: "false" }[event.key];
    if (to === -1) input.current!.focus();
    else if (to !== undefined) all[Math.min(to, all.length - 1)]!.focus();
    else if (turns && target.ariaExpanded === turns) target.click();
    else if (event.key === "Escape") desk.leavePalette();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section className="palette" aria-label="Palette">
      <div className="search">
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          className="search-field"
          placeholder={purpose}
          aria-label="Search blocks; Enter adds the first hit"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            left.current = false;
            look(event.target.value);
          }}
          onKeyDown={type}
        />
        <span aria-hidden="true">
          <kbd>{hits ? "↵" : "/"}</kbd>
        </span>
      </div>
      <div
        ref={list}
        className="blocks"
        onKeyDown={walk}
        onFocus={(event) => setStop((event.target as HTMLElement).dataset.stop ?? null)}
      >
        {!hits &&
          categories.map((each) => (
            <Group
              key={each.category}
              {...{ actions, reached, fold }}
              category={each}
              open={!folded.has(each.category)}
            />
          ))}
        {hits?.map(({ block, marks }, at) => (
          <BlockItem
            key={block.block}
            {...{ actions, block, marks }}
            category={block.category}
            first={at === 0}
            reached={reached === block.block}
          />
        ))}
        {hits?.length === 0 && <p className="nothing-found">No block fits “{query.trim()}”.</p>}
      </div>
    </section>
  );
}

/** Null while nothing is searched for. */
function hitsOf(query: string, categories: PaletteCategory[]): Hit<Listed>[] | null {
  if (!query.trim()) return null;
  const all = categories.flatMap(({ category, blocks }) =>
    blocks.map((block) => ({ ...block, category })),
  );
  return search(query.trim(), all);
}
