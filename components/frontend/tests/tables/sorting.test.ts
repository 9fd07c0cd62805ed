import { expect, test } from "vitest";
import { inOrder, nextSort } from "../../src/tables/sorting";

test("a head is pressed three times: one way, the other, and back", () => {
  const first = nextSort(null, "best", true);
  const second = nextSort(first, "best", true);
  expect([first, second]).toEqual([
    { by: "best", down: true },
    { by: "best", down: false },
  ]);
  expect(nextSort(second, "best", true)).toBeNull();
  expect(nextSort(first, "name", false)).toEqual({ by: "name", down: false });
});

test("what has no value comes last either way, and equals keep their order", () => {
  const rows = [
    ["a", 2],
    ["b", null],
    ["c", 1],
    ["d", 2],
  ] as const;
  const names = (down: boolean) => inOrder(rows, ([, key]) => key, down).map(([name]) => name);
  expect(names(false)).toEqual(["c", "a", "d", "b"]);
  expect(names(true)).toEqual(["a", "d", "c", "b"]);
});
