import { expect, test } from "vitest";
import { count, duration, metric, rate, size } from "../../src/kit/numbers";
import written from "../numbers.json";

test.each(written)("$value is written as Python writes it", ({ value, ...theirs }) => {
  const bytes = Math.trunc(1e6 * value);
  const ours = {
    metric: metric(value),
    duration: duration(value),
    rate: rate(value),
    count: count(Math.trunc(value)),
    size: size(bytes),
  };
  expect(ours).toEqual(theirs);
});
