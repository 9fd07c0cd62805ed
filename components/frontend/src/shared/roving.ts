/**
 * The arrow keys in a row of buttons, which is one stop for the Tab key.
 *
 * @param stops in their order on the screen
 * @returns whether the key led somewhere
 */
export function walkAlong(event: KeyboardEvent, stops: HTMLElement[]): boolean {
  const at = stops.indexOf(event.target as HTMLElement);
  const last = stops.length - 1;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
  if (at < 0 || to === undefined) return false;
  const next = stops[to < 0 ? last : to > last ? 0 : to]!;
  rove(stops, next);
  next.focus();
  return true;
}

/** Lets the Tab key reach one of them. */
export function rove(stops: HTMLElement[], stop: HTMLElement | undefined): void {
  for (const each of stops) each.tabIndex = each === stop ? 0 : -1;
}
