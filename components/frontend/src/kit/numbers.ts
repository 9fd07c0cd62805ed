/** Numbers as components/shell/format.py writes them; a test holds the two together. */

export const UNKNOWN = "–";

type Known = number | null | undefined;

export function metric(value: Known): string {
  if (value == null || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value.toExponential(1).replace(/e([+-])(\d)$/, "e$10$2"); // at least two digits
  }
  const digits = size >= 1 ? Math.max(0, 4 - String(Math.trunc(size)).length) : 4;
  return value.toFixed(digits);
}

export function count(value: Known): string {
  return value == null ? UNKNOWN : value.toLocaleString("en-US");
}

export function rate(perSecond: Known, noun = "images"): string {
  if (perSecond == null) return UNKNOWN;
  const number = perSecond >= 10 ? count(Math.round(perSecond)) : perSecond.toFixed(1);
  return `${number} ${noun}/s`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function size(bytes: Known): string {
  if (bytes == null) return UNKNOWN;
  let [value, unit]: [number, number] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export function share(fraction: Known): string {
  return fraction == null ? UNKNOWN : `${Math.round(100 * fraction)} %`;
}

export function duration(seconds: Known): string {
  if (seconds == null) return UNKNOWN;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return `${Math.floor(minutes / (24 * 60))} d ${two(Math.floor(minutes / 60) % 24)} h`;
}
