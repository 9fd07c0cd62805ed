// Numbers as components/shell/format.py writes them; a test holds the two together.

export const UNKNOWN = "–";

export function metric(value) {
  if (value == null || !Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [digits, exponent] = value.toExponential(1).split("e");
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  }
  const digits = size >= 1 ? Math.max(0, 4 - String(Math.trunc(size)).length) : 4;
  return value.toFixed(digits);
}

export function count(value) {
  return value == null ? UNKNOWN : value.toLocaleString("en-US");
}

export function rate(perSecond, noun = "images") {
  if (perSecond == null) return UNKNOWN;
  const number = perSecond >= 10 ? count(Math.round(perSecond)) : perSecond.toFixed(1);
  return `${number} ${noun}/s`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function size(bytes) {
  if (bytes == null) return UNKNOWN;
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

export function share(fraction) {
  return fraction == null ? UNKNOWN : `${Math.round(100 * fraction)} %`;
}

export function duration(seconds) {
  if (seconds == null) return UNKNOWN;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (value) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return `${Math.floor(minutes / (24 * 60))} d ${two(Math.floor(minutes / 60) % 24)} h`;
}
