/** Moving things of a list. Nothing here knows the page. */

export const ACTIONS = ["earlier", "later", "drop"] as const;
export type Action = (typeof ACTIONS)[number];

/** A thing of the list; `key` tells it apart where one thing stands there twice. */
export interface Item {
  key: string;
  id: string;
  name: string;
  detail: string;
}

/** Gives the things of a list keys that stay while the things move. */
export function keyed(items: readonly [string, string, string][]): Item[] {
  const seen = new Map<string, number>();
  return items.map(([id, name, detail]) => {
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return { key: `${id} ${times}`, id, name, detail };
  });
}

/** The place that an action leads to; null where there is none. */
export function placeAfter(place: number, action: Action, length: number): number | null {
  if (action === "drop") return place;
  const to = place + (action === "earlier" ? -1 : 1);
  return to < 0 || to >= length ? null : to;
}

/** Gives the list with the thing at `place` moved to `to`, or dropped. */
export function moved<Each>(
  items: readonly Each[],
  place: number,
  action: Action,
  to: number,
): Each[] {
  const left = items.filter((_, at) => at !== place);
  return action === "drop" ? left : left.toSpliced(to, 0, items[place]!);
}

/** What a button of a row is called. */
export function label(action: Action, name: string): string {
  return action === "drop" ? `Drop ${name}` : `Move ${name} ${action}`;
}

/** What stands at a button when the pointer rests on it. */
export function hint(action: Action): string {
  return action === "drop" ? "Drop" : `${action} (Alt ${action === "earlier" ? "↑" : "↓"})`;
}
