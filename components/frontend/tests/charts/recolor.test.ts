import { describe, expect, it } from "vitest";
import { inDark } from "../../src/charts/recolor";

const DARK = { colors: { "#111": "#eee", "#00f": "#88f" }, template: { layout: { a: 1 } } };

describe("inDark", () => {
  it("exchanges each color, however deep, and nothing else", () => {
    const figure = {
      data: [
        { name: "base", line: { color: "#00f" }, marker: { color: ["#111", "#123"] }, x: [1] },
      ],
      layout: { font: { color: "#111" }, height: 300, template: { layout: { a: "#111" } } },
    };
    const before = structuredClone(figure);
    expect(inDark(figure, DARK)).toEqual({
      data: [
        { name: "base", line: { color: "#88f" }, marker: { color: ["#eee", "#123"] }, x: [1] },
      ],
      layout: { font: { color: "#eee" }, height: 300, template: DARK.template },
    });
    expect(figure).toEqual(before);
  });

  it("keeps what has no value", () => {
    const figure = { data: [{ x: null, y: [null, 2], visible: false }], layout: {} };
    expect(inDark(figure, DARK).data).toEqual(figure.data);
  });
});
