import { expect, test } from "vitest";
import {
  bestOf,
  type Choice,
  isEmpty,
  type Line,
  lastEpoch,
  layout,
  traces,
} from "../../src/charts/chartPicture";

const ALL: Choice = { x: null, y: null, log: false, smoothing: 0 };
const THEME = {
  text: "black",
  background: "white",
  grid: "gray",
  muted: "gray",
  font: "Inter",
  lines: new Map([["loss", "red"]]),
};

function line(change: Partial<Line> = {}): Line {
  const named = { name: "loss", label: "training", color: "train", dashed: false };
  return { ...named, xs: [1, 2, 3], ys: [3, 1, 2], dense: false, ...change };
}

test("a few epochs are drawn as points and a line, many batches as a line", () => {
  const [few, ...none] = traces(line({ label: "a < b" }), ALL, THEME);
  expect(none).toEqual([]);
  expect(few).toMatchObject({ mode: "lines+markers", y: [3, 1, 2], meta: 3, name: "a &lt; b" });
  expect(traces(line({ dense: true }), ALL, THEME)[0]).toMatchObject({ mode: "lines" });
});

test("only batches are smoothed, and their own points step back", () => {
  const choice = { ...ALL, smoothing: 0.5 };
  const [raw, smoothed] = traces(line({ dense: true }), choice, THEME);
  expect(raw).toMatchObject({ opacity: 0.28, hoverinfo: "skip", meta: 3 });
  expect(raw).not.toHaveProperty("hovertemplate");
  expect(smoothed?.y).toEqual([3, expect.closeTo(5 / 3), expect.closeTo(13 / 7)]);
  expect(traces(line(), choice, THEME)).toHaveLength(1);
});

test("of 100,000 points only what a screen can show is drawn, and what is in view is drawn finer", () => {
  const xs = Array.from({ length: 100_000 }, (_, i) => i / 1000);
  const ys = xs.map((x) => (x === 50 ? 9 : Math.sin(x)));
  const [whole] = traces(line({ xs, ys, dense: true }), ALL, THEME);
  expect(whole?.meta).toBeLessThanOrEqual(2_000);
  expect(whole?.y).toContain(9);
  const [part] = traces(line({ xs, ys, dense: true }), { ...ALL, x: [10, 11] }, THEME);
  expect(part?.meta).toBe(1_002);
});

test("the best of the validation is marked once there are two to choose from", () => {
  const val = { name: "val_loss", xs: [1, 2, 3] };
  expect(bestOf([line()])).toBeNull();
  expect(bestOf([line({ ...val, xs: [1], ys: [4] })])).toBeNull();
  const found = bestOf([line(), line({ ...val, ys: [4, 2, 3] })]);
  expect(found).toEqual({ x: 2, y: 2 });
  const { annotations, shapes } = layout(3, found, ALL, THEME, {});
  expect(annotations).toMatchObject([{ text: "best 2.000", xanchor: "right" }]);
  expect(shapes).toHaveLength(1);
  expect(layout(9, found, ALL, THEME, {}).annotations).toMatchObject([{ xanchor: "left" }]);
});

test("the axis reaches to the epochs that were asked for", () => {
  expect([lastEpoch([], 0), lastEpoch([line()], 2), lastEpoch([line()], 20)]).toEqual([1, 3, 20]);
});

test("what the person zoomed to stays, and the scale is theirs", () => {
  const choice: Choice = { x: [1, 2], y: null, log: true, smoothing: 0 };
  const { xaxis, yaxis } = layout(3, null, choice, THEME, { fromZero: true });
  expect(xaxis).toMatchObject({ range: [1, 2], uirevision: "[1,2]" });
  expect(yaxis).toMatchObject({ type: "log", autorange: true, rangemode: "tozero" });
  expect(layout(3, null, ALL, THEME, {}).xaxis).toMatchObject({ range: [0, 3] });
});

test("an axis without a value has no numbers, and gets them with the first one", () => {
  const empty = isEmpty([line({ xs: [], ys: [] })]);
  const before = layout(3, null, ALL, THEME, { empty }).yaxis;
  expect(before).toMatchObject({ showticklabels: false, uirevision: "[false,null,true]" });
  const after = layout(3, null, ALL, THEME, { empty: isEmpty([line()]) }).yaxis;
  expect(after).toMatchObject({ showticklabels: true, uirevision: "[false,null,false]" });
});
