import { describe, expect, it } from "vitest";
import { toCsv } from "../../src/charts/figureTable";

describe("the numbers of a figure", () => {
  it("are a row for each point under the titles of the axes, without bands and empty columns", () => {
    const layout = { xaxis: { title: { text: "epoch" } }, yaxis: { title: { text: "loss" } } };
    const band = { x: [1, 2, 2, 1], y: [3, 3, 0, 0], hoverinfo: "skip" };
    const lines = [
      { name: "base", x: [1, 2], y: [2, 1] },
      { name: 'a "b", c', x: [1], y: [0.5] },
    ];
    expect(toCsv({ data: [band, ...lines], layout })).toBe(
      'name,epoch,loss\nbase,1,2\nbase,2,1\n"a ""b"", c",1,0.5\n',
    );
  });

  it("have the ends of intervals beside them", () => {
    const error_x = { array: [0.5], arrayminus: [1] };
    expect(toCsv({ data: [{ name: "mean", x: [2], y: ["without"], error_x }], layout: {} })).toBe(
      "name,x,y,low,high\nmean,2,without,1,2.5\n",
    );
  });

  it("are those that came with it, where points would say too little", () => {
    const table = [
      ["variant", "batch_size"],
      ["16", 16],
    ];
    const data = [{ x: [0, 1], y: [0.3, 0.7] }];
    expect(toCsv({ data, layout: { meta: { table } } })).toBe("variant,batch_size\n16,16\n");
  });
});
