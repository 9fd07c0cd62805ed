/** Numbers in words. */

const GROUPED = new Intl.NumberFormat("en-US");

/** 1,792 */
export function grouped(number: number): string {
  return GROUPED.format(number);
}

const SI = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** 48.2 M */
export function inSI(number: number): string {
  for (const [size, letter] of SI) {
    if (number >= size) return `${(number / size).toPrecision(3)} ${letter}`;
  }
  return String(number);
}
