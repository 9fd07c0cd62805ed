/** elkjs in a worker of its own, which is loaded when the first layout is asked for. */

import ELK from "elkjs/lib/elk-api";
import { type Elk, type ElkGraph, TooLong } from "./layout";

const WORKER = "elk-worker.min.js"; // as elkjs ships it; it lies beside the bundle
const LOADING = 60_000; // milliseconds

interface Started {
  engine: InstanceType<typeof ELK>;
  failure: Promise<never>; // elkjs itself would wait for ever for a worker that failed
  end: (reason: Error) => void; // stops the worker; whoever waits for it hears the reason
}

let started: Started | null = null;

function start(): Started {
  const here = import.meta.url;
  const worker = new Worker(new URL(WORKER, here).href);
  let end: Started["end"] = () => {};
  const failure = new Promise<never>((_, reject) => {
    end = (reason) => {
      started = null;
      worker.terminate();
      reject(reason);
    };
    worker.addEventListener("error", ({ message }) => {
      end(new Error(message || "the layout's worker could not be loaded"));
    });
  });
  failure.catch(() => {}); // whoever waits for a layout hears of it below
  return { engine: new ELK({ workerFactory: () => worker }), failure, end };
}

/** Loads elkjs, unless it is there already; fails where it does not come within a minute. */
export async function loaded(): Promise<void> {
  started ??= start();
  const { engine, failure, end } = started;
  const late = setTimeout(() => end(new Error("the layout's worker did not load")), LOADING);
  try {
    // The worker answers in order, and only once its script has run.
    await Promise.race([engine.knownLayoutCategories(), failure]);
  } finally {
    clearTimeout(late);
  }
}

/** Lays a graph out, or gives up after so many milliseconds: nothing else would stop the worker. */
export const elk: Elk = async (graph, milliseconds) => {
  started ??= start();
  const { engine, failure, end } = started;
  const late = setTimeout(() => end(new TooLong()), milliseconds);
  try {
    return (await Promise.race([engine.layout(graph), failure])) as ElkGraph;
  } finally {
    clearTimeout(late);
  }
};
