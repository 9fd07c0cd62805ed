/**
 * What cards and wires say, apart from where they stand. Each looks up its own: React Flow goes
 * through all nodes and lines wherever one of them is new, and an edit changes the words of a few.
 */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Verdicts } from "../session/link";
import type { Fit } from "./connect";
import { type Gradients, spelled } from "./gradients";
import { type Reading, reader } from "./overlay";
import type { Box, Scene } from "./scene";
import type { Overlay } from "./types";

export interface CardContent {
  box: Box;
  figure: string;
  share: number;
  mark: Reading["mark"];
  gradient: string; // in words
  fit: Fit; // while a connection is drawn
  lit: boolean; // a block that is carried would go behind it
  ticked: string; // what a study takes out of it, in words
}

/** What is shown on the cards besides the network. */
export interface Marks {
  overlay: Overlay;
  gradients: Gradients | null;
  verdicts: Verdicts; // where a connection may go, while one is drawn
  lit: string | null; // the node or connection that takes a block that is carried
  ticked: ReadonlyMap<string, string>; // what a study takes out, by node
}

/** The contents of all cards, by the ids of their boxes. */
export function cardsOf({ boxes }: Scene, marks: Marks): Map<string, CardContent> {
  const { overlay, gradients } = marks;
  const read = reader(overlay, boxes.values(), gradients);
  const content = (box: Box): CardContent => ({
    box,
    ...read(box),
    gradient: overlay === "gradient" ? spelled(gradients, box.id) : "",
    fit: marks.verdicts[box.node]?.fit ?? "",
    lit: marks.lit === box.id,
    ticked: marks.ticked.get(box.id) ?? "",
  });
  return new Map([...boxes].map(([id, box]) => [id, content(box)]));
}

/** The shapes on the wires, by the ids of the links. */
export function shapesOf({ links }: Scene): Map<string, string> {
  return new Map(links.map(({ id, shape }) => [id, shape]));
}

export class Contents {
  #cards = new Map<string, CardContent>();
  #shapes = new Map<string, string>();
  #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  card(id: string): CardContent | undefined {
    return this.#cards.get(id);
  }

  shape(id: string): string {
    return this.#shapes.get(id) ?? "";
  }

  /** Takes what is to be shown; what says the same as before keeps its identity. */
  take(cards: Map<string, CardContent>, shapes: Map<string, string>): void {
    const before = this.#cards;
    const kept = (id: string, card: CardContent) => {
      const old = before.get(id);
      return old && alike(old, card) ? old : card;
    };
    this.#cards = new Map([...cards].map(([id, card]) => [id, kept(id, card)]));
    this.#shapes = shapes;
  }

  /** Lets those that are drawn look again. */
  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function alike(one: CardContent, other: CardContent): boolean {
  return (Object.keys(one) as (keyof CardContent)[]).every(
    (key) =>
      one[key] === other[key] ||
      (key === "box" && JSON.stringify(one[key]) === JSON.stringify(other[key])),
  );
}

export const Shown = createContext(new Contents());

/** What a card says; undefined once its box is gone. */
export function useCard(id: string): CardContent | undefined {
  const contents = useContext(Shown);
  return useSyncExternalStore(contents.subscribe, () => contents.card(id));
}

/** The shape on a wire; "" where it is not known. */
export function useShape(id: string): string {
  const contents = useContext(Shown);
  return useSyncExternalStore(contents.subscribe, () => contents.shape(id));
}
