import { afterEach, expect, test, vi } from "vitest";
import { chosenRoom, giveRoom } from "../../src/board/canvas/room";

const root = { dataset: {} as Record<string, string> };
const kept = new Map<string, string>();
const storage = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => void kept.set(name, value),
};
vi.stubGlobal("document", { documentElement: root });
vi.stubGlobal("localStorage", storage);

afterEach(() => {
  kept.clear();
  root.dataset = {};
  vi.stubGlobal("localStorage", storage);
});

test("both have their room until something else is chosen", () => {
  expect(chosenRoom()).toBe("both");
  giveRoom("canvas");
  expect(root.dataset.csRoom).toBe("canvas");
  expect(chosenRoom()).toBe("canvas");
});

test("what stands in the storage and is no room is passed over", () => {
  storage.setItem("convstack-room", "<b>");
  expect(chosenRoom()).toBe("both");
});

test("a browser that keeps nothing keeps it while the page stands", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse });
  giveRoom("canvas");
  expect(chosenRoom()).toBe("canvas");
});
