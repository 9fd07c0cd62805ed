// Arithmetic on lines of points. Nothing here knows the page.

/** Smooths by an exponential mean without its bias toward the start; gaps stay gaps. */
export function smooth(values, weight) {
  let mean = 0;
  let norm = 0;
  return values.map((value) => {
    if (value == null) return null;
    mean = weight * mean + (1 - weight) * value;
    norm = weight * norm + (1 - weight);
    return mean / norm;
  });
}

/** Gives the half-open range of indices whose x lies in [from, to], with one neighbor each side. */
export function visible(xs, from, to) {
  return [Math.max(0, lowerBound(xs, from) - 1), Math.min(xs.length, lowerBound(xs, to) + 1)];
}

function lowerBound(xs, x) {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Chooses at most about `limit` indices of [start, stop) so that no minimum or maximum is lost. */
export function reduce(values, start, stop, limit) {
  const length = stop - start;
  const all = length <= limit;
  const stretches = all ? length : Math.max(1, limit >> 1);
  const keep = [];
  for (let s = 0; s < stretches; s++) {
    const from = start + Math.floor((s * length) / stretches);
    const to = start + Math.floor(((s + 1) * length) / stretches);
    if (all) {
      keep.push(from);
      continue;
    }
    let low = -1;
    let high = -1;
    for (let i = from; i < to; i++) {
      if (values[i] == null) continue;
      if (low < 0 || values[i] < values[low]) low = i;
      if (high < 0 || values[i] > values[high]) high = i;
    }
    if (low < 0) continue;
    keep.push(Math.min(low, high));
    if (low !== high) keep.push(Math.max(low, high));
  }
  return keep;
}

/** Gives the first of the best values, the lowest of a loss and the highest of all else, or null. */
export function best(name, xs, ys) {
  const sign = name.endsWith("loss") ? -1 : 1;
  let found = null;
  ys.forEach((y, i) => {
    if (y != null && (found === null || sign * y > sign * found.y)) found = { x: xs[i], y };
  });
  return found;
}

/** Gives the last value that is a number, with its x, or null. */
export function latest(xs, ys) {
  for (let i = ys.length - 1; i >= 0; i--) if (ys[i] != null) return { x: xs[i], y: ys[i] };
  return null;
}
