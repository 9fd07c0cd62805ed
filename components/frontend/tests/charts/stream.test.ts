/** The stream of a run's events, over a connection that the test holds. */

import { setMaxListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PointsTold, StateTold } from "../../src/generated/runs";
import { state } from "../samples";

class Source extends EventTarget {
  static CLOSED = 2;
  static opened: Source[] = [];
  readyState = 1;
  onopen = () => {};
  onerror = () => {};
  url: URL;

  constructor(url: URL) {
    super();
    this.url = url;
    Source.opened.push(this);
  }

  tell(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  close(): void {
    this.readyState = Source.CLOSED;
  }
}

const page = Object.assign(new EventTarget(), {
  baseURI: "http://host/app/",
  visibilityState: "visible",
});

setMaxListeners(0, page);

/** Follows a run of its own, whose connections are those that are opened from now on. */
async function follow(id: string) {
  const { streamOf } = await import("../../src/charts/stream");
  const stream = streamOf(id, `runs/${id}/events?token=1`);
  const heard = vi.fn();
  const leave = stream.subscribe(heard);
  const source = () => Source.opened.at(-1)!;
  return { stream, heard, leave, source };
}

function points(steps: number[], series: PointsTold["series"]): PointsTold {
  return { steps, epochs: steps.map((step) => (step + 1) / 10), series };
}

function running(change: Partial<StateTold> = {}): StateTold {
  return state({ epoch: 1, epochs: 3, ...change });
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.opened = [];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("document", page);
});

afterEach(() => vi.useRealTimers());

test("points of a metric that comes later are filled up, and those that are known come once", async () => {
  const { stream, source, heard } = await follow("grow");
  source().tell("points", points([0, 1], { loss: [3, 2] }));
  source().tell("points", points([1, 2], { loss: [2, 1], accuracy: [0.1, 0.2] }));
  expect(stream.epochs).toEqual([0.1, 0.2, 0.3]);
  expect(stream.series.get("loss")).toEqual([3, 2, 1]);
  expect(stream.series.get("accuracy")).toEqual([null, null, 0.2]);
  expect(heard).toHaveBeenCalledTimes(2);
});

test("everything on a page that shows a run shares its connection", async () => {
  const { stream } = await follow("shared");
  const again = await follow("shared");
  expect(again.stream).toBe(stream);
  expect(Source.opened).toHaveLength(1);
});

test("however many runs are shown, each has one connection; those that nobody shows are forgotten", async () => {
  const many = await Promise.all(Array.from({ length: 9 }, (_, i) => follow(`many-${i}`)));
  const again = await follow("many-8");
  expect(again.stream).toBe(many[8]!.stream);
  for (const { leave } of [...many, again]) leave();
  vi.advanceTimersByTime(3_000);
  await follow("next");
  expect((await follow("many-0")).stream).not.toBe(many[0]!.stream);
});

test("a remount keeps the connection; who leaves for good gives it back", async () => {
  const { stream, leave, source } = await follow("leave");
  const first = source();
  leave();
  vi.advanceTimersByTime(1_000);
  const again = stream.subscribe(() => {});
  expect([Source.opened.length, first.readyState]).toEqual([1, 1]);
  again();
  vi.advanceTimersByTime(3_000);
  expect(first.readyState).toBe(Source.CLOSED);
});

test("a refused connection is opened again later, from where it was", async () => {
  const { stream, source } = await follow("refused");
  source().tell("points", points([0, 1], { loss: [3, 2] }));
  source().tell("epoch", { epoch: 1, metrics: { loss: 2 } });
  source().readyState = Source.CLOSED;
  source().onerror();
  expect(stream.connection).toBe("lost");
  vi.advanceTimersByTime(1_000);
  expect(Source.opened).toHaveLength(2);
  expect(source().url.href).toBe(
    "http://host/app/runs/refused/events?token=1&after=1&after_epoch=1",
  );
  source().onopen();
  expect(stream.connection).toBe("open");
});

test("a run that has ended is left alone until it goes on", async () => {
  const { stream, source } = await follow("ended");
  source().tell("state", running({ state: "finished" }));
  expect([stream.connection, source().readyState]).toEqual(["ended", Source.CLOSED]);
  stream.revive(running({ state: "finished" }));
  stream.revive(running());
  expect(Source.opened).toHaveLength(1);
  stream.revive(running({ session: 2 }));
  expect(Source.opened).toHaveLength(2);
});

test("a run that goes on from a checkpoint is read anew from its beginning", async () => {
  const { stream, source } = await follow("resumed");
  source().tell("state", running());
  source().tell("points", points([0, 1], { loss: [3, 2] }));
  source().tell("state", running({ session: 2 }));
  expect([stream.epochs, stream.finished]).toEqual([[], []]);
  expect(source().url.searchParams.get("after")).toBe("-1");
});

test("a page in the background gives its connection back after a while", async () => {
  const { source } = await follow("hidden");
  const first = source();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  vi.advanceTimersByTime(10_000);
  expect(first.readyState).toBe(Source.CLOSED);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(source().url.href).toContain("runs/hidden/");
});

test("the address of a server that was started again is taken at once", async () => {
  const { source } = await follow("moved");
  const { streamOf } = await import("../../src/charts/stream");
  streamOf("moved", "runs/moved/events?token=2");
  expect(source().url.searchParams.get("token")).toBe("2");
});
