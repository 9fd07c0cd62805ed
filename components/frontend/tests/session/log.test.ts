/** The log of operations by itself, with a clock that is turned by hand. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  OperationLog,
  RESEND_AFTER,
  RESTORE_WITHIN,
  RETRY_AFTER,
} from "../../src/board/session/log";
import type { Log } from "../../src/generated/board";

let log: OperationLog;
let sent: Log[];

const send = (message: Log) => sent.push(structuredClone(message));
const numbers = () => sent.map(({ ops }) => ops.map(({ n }) => n).join(","));
const undo = (times = 1) => {
  for (let i = 0; i < times; i++) log.push({ op: "undo" });
};
const answer = (ack: number, client = "me", ledger = "L") => log.read({ ack, client, ledger });
const select = (node: string) => log.push({ op: "select", node });

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  log = new OperationLog("d", "me");
  log.connect("L", send);
});

afterEach(() => {
  vi.useRealTimers();
});

test("a message says whose it is and what was done", () => {
  log.push({ op: "add", block: "Conv2D", after: null });
  const ops = [{ n: 1, op: "add", block: "Conv2D", after: null }];
  expect(sent).toEqual([{ client: "me", document: "d", ledger: "L", ops }]);
});

test("one message is on its way and the next carries the rest", () => {
  undo(5);
  expect(numbers()).toEqual(["1"]);
  answer(1);
  expect(numbers()).toEqual(["1", "2,3,4,5"]);
  answer(5);
  expect(numbers()).toEqual(["1", "2,3,4,5"]);
  expect(log.pending).toEqual([]);
});

test("without an answer it is sent again", () => {
  undo(3);
  vi.advanceTimersByTime(RESEND_AFTER - 1);
  expect(numbers()).toEqual(["1"]);
  vi.advanceTimersByTime(1);
  expect(numbers()).toEqual(["1", "1,2,3"]);
  vi.advanceTimersByTime(RESEND_AFTER);
  expect(numbers()).toEqual(["1", "1,2,3", "1,2,3"]);
  answer(3);
  vi.advanceTimersByTime(10 * RESEND_AFTER);
  expect(sent).toHaveLength(3);
});

test("a message that fails is sent again after longer and longer waits, until one arrives", () => {
  undo(2);
  for (const wait of [...RETRY_AFTER, RETRY_AFTER.at(-1)!]) {
    const before = sent.length;
    log.failed();
    vi.advanceTimersByTime(wait - 1);
    expect(sent).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(sent).toHaveLength(before + 1);
  }
  answer(2);
  undo();
  log.failed();
  vi.advanceTimersByTime(RETRY_AFTER[0]!);
  expect(numbers().slice(-2)).toEqual(["3", "3"]);
});

test("what is done while a message waits goes along with it", () => {
  undo();
  log.failed();
  undo(2);
  expect(numbers()).toEqual(["1"]);
  vi.advanceTimersByTime(RETRY_AFTER[0]!);
  expect(numbers()).toEqual(["1", "1,2,3"]);
});

test("half an answer leaves the other half", () => {
  undo(4);
  answer(1);
  answer(2);
  expect(log.pending.map(({ n }) => n)).toEqual([3, 4]);
  expect(numbers()).toEqual(["1", "2,3,4"]);
  vi.advanceTimersByTime(RESEND_AFTER);
  expect(numbers()).toEqual(["1", "2,3,4", "3,4"]);
});

test("an answer to another page or of another ledger is not ours", () => {
  undo();
  answer(7, "them");
  answer(7, "me", "old");
  expect(log.pending).toHaveLength(1);
});

test("a new ledger gets what is pending and nothing else", () => {
  undo();
  answer(1);
  undo(2);
  expect(numbers()).toEqual(["1", "2"]);
  log.connect("new", send);
  expect(numbers()).toEqual(["1", "2", "2,3"]);
  expect(sent.at(-1)!.ledger).toBe("new");
});

test("nothing is sent while there is no connection", () => {
  log.disconnect();
  undo(2);
  vi.advanceTimersByTime(20_000);
  expect(numbers()).toEqual([]);
  log.connect("L", send);
  expect(numbers()).toEqual(["1,2"]);
});

test("what was on its way when the connection broke is sent again at once", () => {
  undo(2);
  log.disconnect();
  log.connect("L", send);
  expect(numbers()).toEqual(["1", "1,2"]);
});

test("all who listen hear of a change", () => {
  const heard: string[] = [];
  log.listeners.add(() => heard.push("one"));
  log.listeners.add(() => heard.push("two"));
  undo();
  expect(heard).toEqual(["one", "two"]);
});

test("a long log goes in pieces", () => {
  undo(450);
  for (const ack of [1, 201, 401, 450]) answer(ack);
  expect(sent.map(({ ops }) => ops.length)).toEqual([1, 200, 200, 49]);
  const all = sent.flatMap(({ ops }) => ops.map(({ n }) => n));
  expect(all).toEqual(Array.from({ length: 450 }, (_, at) => at + 1));
});

test("what is too large for one message goes in two, as long as it can be parted", () => {
  undo(8);
  answer(1);
  expect(log.halve()).toBe(true);
  expect(numbers().at(-1)).toBe("2,3,4");
  expect(log.halve()).toBe(true);
  expect(numbers().at(-1)).toBe("2");
  expect(log.halve()).toBe(false);
  answer(2);
  expect(numbers().at(-1)).toBe("3,4,5,6,7,8");
});

test("what the server does not understand is given up", () => {
  undo(3);
  log.drop();
  expect(log.pending).toEqual([]);
  expect(log.unsent).toBeNull();
  undo();
  expect(numbers()).toEqual(["1", "4"]);
});

test("only the last of many selections waits", () => {
  for (const node of "abcde") select(node);
  answer(1);
  expect(sent[1]!.ops).toEqual([{ n: 2, op: "select", node: "e" }]);
});

test("a selection on its way is not changed any more", () => {
  select("a");
  select("b");
  answer(1);
  select("c");
  answer(2);
  expect(numbers()).toEqual(["1", "2", "3"]);
});

test("repeats of different nodes stay apart", () => {
  undo();
  const repeats: [string, number][] = [
    ["a", 2],
    ["a", 3],
    ["b", 2],
    ["a", 4],
  ];
  for (const [node, times] of repeats) log.push({ op: "repeat", node, times });
  answer(1);
  expect(sent[1]!.ops.map((op) => op.op === "repeat" && op.node + op.times)).toEqual([
    "a3",
    "b2",
    "a4",
  ]);
});

// ---- what outlives a reload ---------------------------------------------------------------------

const NAME = "convstack-unsent:doc";

/** The page's logs, as after a reload. */
async function reloaded() {
  vi.resetModules();
  const { logOf } = await import("../../src/board/session/log");
  return logOf;
}

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
    get length() {
      return kept.size;
    },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a document keeps its log as long as the page lives", async () => {
  const logOf = await reloaded();
  expect(logOf("one")).toBe(logOf("one"));
  expect(logOf("one").client).not.toBe(logOf("two").client);
  expect(logOf("one").client).toMatch(/^[0-9a-f]{32}$/);
});

test("what was not sent outlives a reload of the page", async () => {
  const first = (await reloaded())("doc");
  first.push({ op: "undo" });
  first.push({ op: "undo" });
  const again = (await reloaded())("doc");
  expect(again.client).toBe(first.client);
  again.connect("L", send);
  expect(numbers()).toEqual(["1,2"]);
  expect(again.push({ op: "redo" })).toBe(3);
  again.read({ ack: 3, client: again.client, ledger: "L" });
  const later = (await reloaded())("doc"); // the server has it all: a new log under a new name
  expect(later.pending).toEqual([]);
  expect(later.client).not.toBe(first.client);
});

test.each([
  ["no json"],
  ["7"],
  ['{"client": "me", "last": 1, "pending": [], "at": 0}'],
  ['{"client": "me", "last": 1, "pending": [{"n": 2, "op": "undo"}], "at": 0}'],
  ['{"client": "me", "last": 1, "pending": [{"n": 1}], "at": 0}'],
  ['{"client": "me", "pending": [{"n": 1, "op": "undo"}], "at": 0}'],
  [`{"client": "me", "last": 1, "pending": [{"n": 1, "op": "undo"}], "at": ${-RESTORE_WITHIN}}`],
])("what is kept for too long or damaged is left alone: %s", async (text) => {
  vi.setSystemTime(1);
  sessionStorage.setItem(NAME, text);
  const logOf = await reloaded();
  expect(logOf("doc").pending).toEqual([]);
  expect(sessionStorage.length).toBe(0);
});
