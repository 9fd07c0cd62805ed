/** The way between a page and the server, with a server that is played by hand. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Link as LinkType } from "../../src/board/session/link";
import type { NodeRow } from "../../src/generated/board";
import {
  address,
  connection,
  delta,
  kept,
  page,
  requests,
  Source,
  stubs,
  WHOLE,
} from "./playedServer";

const HIDDEN_FOR = 60_000; // milliseconds

let link: LinkType;
let told: number[];

const attach = (drawn = 5, board = "B", owner: object = page) =>
  link.attach(owner, address(board), drawn, (version) => told.push(version));

beforeEach(async () => {
  vi.useFakeTimers();
  told = [];
  stubs(() => link.log.client);
  vi.resetModules();
  const { linkOf } = await import("../../src/board/session/link");
  link = linkOf("doc");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A component that shows the document, and has been told all of it. */
function shown(drawn = 5) {
  attach(drawn);
  Source.all[0]!.tell("changed", WHOLE);
}

const numbers = () => requests.map(({ body }) => body.ops.map(({ n }) => n).join(","));
const ids = () => link.state?.nodes.map(({ id }) => id);

test("the stream tells the state, and goes on where the page is", () => {
  attach();
  expect(Source.open.map(({ url }) => url.href)).toEqual([
    "http://host/app/B/events?token=t&version=0",
  ]);
  Source.all[0]!.tell("changed", WHOLE);
  expect(ids()).toEqual(["a"]);
  Source.all[0]!.tell(
    "changed",
    delta(5, 6, { nodes: [{ id: "b" } as NodeRow], order: ["a", "b"] }),
  );
  expect(ids()).toEqual(["a", "b"]);
});

test("an operation is posted with the version of the page, and the answer is taken", async () => {
  shown();
  let heard = 0;
  link.listeners.add(() => heard++);
  link.log.push({ op: "undo" });
  expect(heard).toBe(1);
  expect(requests[0]!.url.href).toBe("http://host/app/B/operations?token=t&version=5");
  expect(requests[0]!.body).toMatchObject({ document: "doc", ledger: "B" });
  await requests[0]!.answer({ ack: 1, fields: { selection: "a" } });
  expect(link.log.pending).toEqual([]);
  expect(link.state).toMatchObject({ version: 6, selection: "a" });
  expect(link.answer.ack).toBe(1);
  expect(heard).toBe(2);
});

test("the page is drawn for what it does not show yet, once", async () => {
  shown();
  expect(told).toEqual([]);
  link.log.push({ op: "undo" });
  await requests[0]!.answer({ ack: 1 });
  expect(told).toEqual([6]);
  Source.all[0]!.tell("changed", delta(5, 6));
  attach(6);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([6]);
});

test("while the page is asked to be drawn, what follows waits a little and is asked for at once", async () => {
  shown();
  link.log.push({ op: "undo" });
  await requests[0]!.answer({ ack: 1 });
  const source = Source.all[0]!;
  for (let version = 7; version < 20; version++)
    source.tell("changed", delta(version - 1, version));
  expect(told).toEqual([6]);
  vi.advanceTimersByTime(500);
  expect(told).toEqual([6, 19]);
});

test("a script that is about to run shows what it has changed itself", () => {
  shown();
  Source.all[0]!.tell("changed", delta(5, 6)); // told sooner than that the script runs
  connection("CONNECTED", "running");
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([]);
  connection("CONNECTED"); // and that it ended sooner than what it has drawn is there
  vi.advanceTimersByTime(200);
  attach(6);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
});

test("a change by somebody else is asked for, after a script that goes on and on", () => {
  shown();
  connection("CONNECTED", "running");
  Source.all[0]!.tell("changed", delta(5, 6));
  vi.advanceTimersByTime(1_500);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1_500);
  expect(told).toEqual([6]);
});

test("a person's own change cuts a long script short", async () => {
  shown();
  connection("CONNECTED", "running");
  link.log.push({ op: "undo" });
  await requests[0]!.answer({ ack: 1 });
  expect(told).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(told).toEqual([6]);
});

test("one of several components asks, the one that came last", () => {
  const owners = [{}, {}];
  const heard: number[] = [];
  owners.forEach((owner, at) => {
    link.attach(owner, address(), 5, () => heard.push(at));
  });
  Source.all[0]!.tell("changed", { ...WHOLE, version: 6 });
  vi.advanceTimersByTime(500);
  link.detach(owners[1]!);
  link.attach(owners[0]!, address(), 6, () => heard.push(0));
  Source.all[0]!.tell("changed", delta(6, 7));
  vi.advanceTimersByTime(500);
  expect(heard).toEqual([1, 0]);
  expect(Source.open).toHaveLength(1);
});

test("when the last component is gone nothing is listened to and nothing is sent", () => {
  shown();
  link.detach(page);
  link.log.push({ op: "undo" });
  expect(Source.open).toEqual([]);
  expect(requests).toEqual([]);
  attach();
  expect(numbers()).toEqual(["1"]);
  expect(Source.open[0]!.url.searchParams.get("version")).toBe("0");
});

test("a change that was missed is asked for as a whole", async () => {
  shown();
  Source.all[0]!.tell("changed", delta(7, 8, { fields: { selection: "z" } }));
  expect(link.state!.version).toBe(5);
  expect(requests[0]!.url.href).toBe("http://host/app/B/state?token=t");
  await requests[0]!.answer({ ...WHOLE, version: 8 });
  expect(link.state!.version).toBe(8);
});

test("without a connection operations are kept, and sent when it is there again", () => {
  shown();
  connection("CONNECTING");
  expect(link.lostAt).toBeGreaterThan(0);
  link.log.push({ op: "undo" });
  vi.advanceTimersByTime(10_000);
  expect(requests).toEqual([]);
  connection("CONNECTED");
  expect(link.lostAt).toBe(0);
  expect(numbers()).toEqual(["1"]);
});

test("a request that fails is sent again, and the page is offline until one arrives", async () => {
  shown();
  link.log.push({ op: "undo" });
  await requests[0]!.fail();
  expect(link.lostAt).toBeGreaterThan(0);
  vi.advanceTimersByTime(1_000);
  await requests[1]!.refuse(502);
  vi.advanceTimersByTime(1_000);
  expect(numbers()).toEqual(["1", "1", "1"]);
  expect(link.lostAt).toBeGreaterThan(0);
  await requests[2]!.answer({ ack: 1 });
  expect(link.lostAt).toBe(0);
  expect(link.log.pending).toEqual([]);
});

test("an answer that comes after the same was sent again is not waited for", async () => {
  shown();
  link.log.push({ op: "undo" });
  vi.advanceTimersByTime(3_000);
  expect(numbers()).toEqual(["1", "1"]);
  await requests[0]!.answer({ ack: 1 });
  expect(link.log.pending).toHaveLength(1);
  await requests[1]!.answer({ ack: 1 });
  expect(link.log.pending).toEqual([]);
});

test.each([403, 404, 410])(
  "where the board is gone (%i) the page is drawn anew",
  async (status) => {
    shown();
    link.log.push({ op: "undo" });
    await requests[0]!.refuse(status);
    expect([link.trouble, told]).toEqual(["gone", [0]]);
    expect(link.log.pending).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(requests).toHaveLength(1);
    expect(Source.open).toEqual([]);
    attach(1, "new");
    expect(link.trouble).toBe("");
    expect(requests[1]!.url.href).toBe("http://host/app/new/operations?token=t&version=0");
    expect(requests[1]!.body).toMatchObject({ ledger: "new", ops: [{ n: 1 }] });
  },
);

test("a deleted document is told of by the stream", () => {
  shown();
  Source.all[0]!.tell("gone", "there is no document");
  expect([link.trouble, told]).toEqual(["gone", [0]]);
});

test("a script that runs when the document goes may still show another one, or bring it back", () => {
  shown();
  connection("CONNECTED", "rerunRequested");
  Source.all[0]!.tell("gone", "there is no document");
  connection("CONNECTED", "running");
  expect(told).toEqual([]);
  attach(1, "new"); // it was restored
  connection("CONNECTED");
  expect(told).toEqual([]);
});

test.each([400, 413, 422])("what cannot be read (%i) is given up, and said", async (status) => {
  shown();
  link.log.push({ op: "undo" });
  await requests[0]!.refuse(status);
  expect([link.trouble, link.log.pending]).toEqual(["refused", []]);
  link.log.push({ op: "redo" });
  expect(numbers()).toEqual(["1", "2"]);
});

test("what is too large goes in parts", async () => {
  shown();
  for (let i = 0; i < 5; i++) link.log.push({ op: "undo" });
  await requests[0]!.answer({ ack: 1 });
  await requests[1]!.refuse(413);
  expect(numbers()).toEqual(["1", "2,3,4,5", "2,3"]);
  expect(link.trouble).toBe("");
});

test("a new board of the same document keeps the old picture until it has told its own", () => {
  shown();
  attach(1, "new");
  expect(ids()).toEqual(["a"]);
  const [old, fresh] = Source.all;
  old!.tell("changed", { ...WHOLE, version: 9, fields: { ...WHOLE.fields, selection: "z" } });
  expect(link.state!.selection).toBeNull();
  expect(fresh!.url.searchParams.get("version")).toBe("0");
  fresh!.tell("changed", { ...WHOLE, ledger: "new", version: 1, nodes: [{ id: "b" } as NodeRow] });
  expect(ids()).toEqual(["b"]);
});

test("what was unfolded is unfolded again where the board knows nothing of it", () => {
  kept.set("convstack-open:doc", '["a"]');
  shown();
  expect(requests[0]!.body.ops).toEqual([{ n: 1, op: "open", parts: ["a"] }]);
  Source.all[0]!.tell("changed", delta(5, 6));
  expect(link.log.pending).toHaveLength(1);
});

test("what the board knows to be unfolded stays", () => {
  kept.set("convstack-open:doc", '["a"]');
  attach();
  Source.all[0]!.tell("changed", { ...WHOLE, fields: { ...WHOLE.fields, open: ["b"] } });
  expect(requests).toEqual([]);
});

test("which nodes may be connected is asked of the server; nothing is known without it", async () => {
  expect(await link.verdicts("source", "a")).toEqual({});
  shown();
  const asked = link.verdicts("reader", "a b");
  expect(requests[0]!.url.href).toBe("http://host/app/B/connections?token=t&reader=a+b");
  await requests[0]!.answer({ fields: {} });
  expect(await asked).toMatchObject({ fields: {} });
  void link.verdicts("source", "a", { source: "a", target: "b", port: 1 });
  expect(requests.at(-1)!.url.search).toBe("?token=t&source=a&from=a&to=b&port=1");
  for (const spoil of ["fail", "refuse"] as const) {
    const lost = link.verdicts("source", "a");
    await (spoil === "fail" ? requests.at(-1)!.fail() : requests.at(-1)!.refuse(500));
    expect(await lost).toEqual({});
  }
});

test("a page in the background leaves the connection after a while, and listens again", () => {
  shown();
  page.hidden = true;
  page.onVisibility();
  vi.advanceTimersByTime(HIDDEN_FOR);
  expect(Source.open).toEqual([]);
  page.hidden = false;
  page.onVisibility();
  expect(Source.open.map(({ url }) => url.searchParams.get("version"))).toEqual(["5"]);
});

test("a stream that is refused is asked for again after a while", () => {
  shown();
  Source.all[0]!.refused();
  expect(Source.open).toEqual([]);
  vi.advanceTimersByTime(5_000);
  expect(Source.open).toHaveLength(1);
});
