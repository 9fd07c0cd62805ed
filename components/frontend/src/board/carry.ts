/**
 * What is carried over the board, by mouse or finger: a new block out of the palette, or a row.
 *
 * Views take part as targets: the first that takes a thing says where it would go, in words, and
 * gets it where it is let go.
 */

import { Store } from "../shared/store";
import { Gesture } from "./gesture";

/** What is carried: a block that is new, or a node that is there. */
export interface Thing {
  label: string;
  category: string;
  block: string | null;
  node: string | null;
}

/** Where it is: on the screen, in pixels. */
export interface Carried extends Thing {
  x: number;
  y: number;
  loose: boolean; // whether it is to be connected to nothing
}

/** Where a thing would go. */
export interface Landing {
  words: string; // "" where it is seen without
  drop(): void;
}

export interface Target {
  /** Where the thing would go; null where this target does not take it there. */
  over(carried: Carried): Landing | null;
  /** It is somewhere else, or was let go. */
  leave(): void;
  /** Scrolls, if the thing is held near an edge; called once a frame. Whether it did. */
  scroll?(carried: Carried): boolean;
}

interface Shown {
  thing: Thing | null;
  x: number;
  y: number;
  words: string;
}

/** The chip at the pointer. */
export const carrying = new Store<Shown>({ thing: null, x: 0, y: 0, words: "" });

const targets = new Set<Target>();

/** Takes part; returns what ends it. */
export function attend(target: Target): () => void {
  targets.add(target);
  return () => {
    target.leave();
    targets.delete(target);
  };
}

/** Carries a thing from a press on; `begin` is called once the press has become a drag. */
export function carry(press: PointerEvent, thing: Thing, begin: () => void): void {
  let landing: Landing | null = null;
  const over = (x: number, y: number, loose: boolean) => {
    const carried = { ...thing, x, y, loose };
    landing = null;
    for (const target of targets) {
      const taken: Landing | null = landing ? null : target.over(carried);
      if (taken) landing = taken;
      else target.leave();
    }
    carrying.set({ thing, x, y, words: landing?.words ?? "" });
  };
  Gesture.follow(press, {
    begin,
    over,
    rest: (x, y, loose) => {
      const carried = { ...thing, x, y, loose };
      if ([...targets].some((target) => target.scroll?.(carried))) over(x, y, loose);
    },
    end: (dropped) => {
      carrying.set({ thing: null, words: "" });
      for (const target of targets) target.leave();
      if (dropped) landing?.drop();
    },
  });
}
