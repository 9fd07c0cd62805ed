/** The views that are shown; the page around the board is told of them. */

import {
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { choose, inOrder, isNews, keep, OWN, recall, type Shown, split } from "./views";

const ONE = "(max-width: 800px)"; // a window with room for one view

/**
 * @param page the views that the page draws over the board's middle, and which of them are there
 * @param full whether the board has the whole window
 * @param tell tells Python what to draw, which runs its script again
 */
export function useViews(
  page: { views: readonly string[]; shown: readonly string[] },
  full: boolean,
  tell: (shown: Shown) => void,
) {
  const known = page.views.join();
  const told = useRef(false);
  const names = useMemo(() => [...OWN, ...(known ? known.split(",") : [])], [known]);
  const [shown, setShown] = useState(() => recall(names));
  const [pinned, setPinned] = useState(false);
  const one = useMatch(ONE);
  const order = useMemo(() => (one ? [shown.main] : inOrder(shown)), [one, shown]);
  const seen = useRef(new Set<string>()).current; // those that were shown at some time
  for (const name of order) seen.add(name);
  const places = order.join(" ");
  // The page's style sheet goes by these: all that stands there moves at once.
  useLayoutEffect(() => {
    document.documentElement.dataset.csViews = places;
    return () => {
      delete document.documentElement.dataset.csViews;
    };
  }, [places]);
  useFlag("data-cs-full", full);
  useFlag("data-cs-pinned", pinned);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown decides, not who is told
  useLayoutEffect(() => {
    keep(shown);
    const others = names.length > OWN.length;
    if (others && (told.current || isNews(shown, page))) tell(shown);
    told.current = true;
  }, [shown, names]);
  return {
    names,
    shown,
    order,
    seen: seen as ReadonlySet<string>,
    choose: (name: string) => setShown((before) => choose(before, name)),
    split: () => setShown(split),
    pinned,
    pin: () => setPinned((before) => !before),
  };
}

/** An attribute of the document that is there or not. */
export function useFlag(name: string, on: boolean): void {
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute(name, on);
    return () => document.documentElement.removeAttribute(name);
  }, [name, on]);
}

/** Whether the window is like that. */
function useMatch(query: string): boolean {
  const match = useMemo(() => matchMedia(query), [query]);
  const subscribe = useCallback(
    (listener: () => void) => {
      match.addEventListener("change", listener);
      return () => match.removeEventListener("change", listener);
    },
    [match],
  );
  return useSyncExternalStore(subscribe, () => match.matches);
}
