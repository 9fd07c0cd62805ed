/** elkjs in a separate worker, which is loaded for the first layout. */

import ELK from "elkjs/lib/elk-api";
import { type Elk, type ElkGraph, TooLong } from "./layout";

const WORKER = "elk-worker.min.js"; // as elkjs ships it; it lies beside the bundle
const LOADING = 60_000; // milliseconds

interface Started {
  engine: InstanceType<typeof ELK>;
  failure: Promise<never>; // elkjs itself would wait forever for a worker that failed
  end: (reason: Error) => void; // stops the worker and rejects all that wait for it with the reason
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
  failure.catch(() => {}); // those that wait for a layout are rejected below
  return { engine: new ELK({ workerFactory: () => worker }), failure, end };
}

/** Asks the worker for something, and stops it for a reason where that takes so many milliseconds. */
async function ask<T>(
  milliseconds: number,
  reason: () => Error,
  question: (engine: Started["engine"]) => Promise<T>,
): Promise<T> {
  started ??= start();
  const { engine, failure, end } = started;
  const late = setTimeout(() => end(reason()), milliseconds);
  try {
    return await Promise.race([question(engine), failure]);
  } finally {
    clearTimeout(late);
  }
}

/** Loads elkjs, unless it is there already; fails where it does not come within a minute. */
export async function loaded(): Promise<void> {
  // The worker answers in order, and only once its script has run.
  const slow = () => new Error("the layout's worker did not load");
  await ask(LOADING, slow, (engine) => engine.knownLayoutCategories());
}

/** Lays a graph out, or gives up after so many milliseconds: nothing else would stop the worker. */
export const elk: Elk = async (graph, milliseconds) => {
  const slow = () => new TooLong();
  return (await ask(milliseconds, slow, (engine) => engine.layout(graph))) as ElkGraph;
};
