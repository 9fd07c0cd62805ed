/** elkjs in a worker of its own, which is loaded when the first layout is asked for. */

import ELK from "elkjs/lib/elk-api";
import type { Elk, ElkGraph } from "./layout";

const WORKER = "elk-worker.min.js"; // as elkjs ships it; it lies beside the bundle

interface Started {
  engine: InstanceType<typeof ELK>;
  failure: Promise<never>; // elkjs itself would wait for ever for a worker that failed
}

let started: Started | null = null;

function start(): Started {
  const here = import.meta.url;
  const worker = new Worker(new URL(WORKER, here).href);
  const failure = new Promise<never>((_, reject) => {
    worker.addEventListener("error", ({ message }) => {
      started = null;
      reject(new Error(message || "the layout's worker could not be loaded"));
    });
  });
  failure.catch(() => {}); // whoever waits for a layout hears of it below
  return { engine: new ELK({ workerFactory: () => worker }), failure };
}

export const elk: Elk = async (graph) => {
  started ??= start();
  const { engine, failure } = started;
  return (await Promise.race([engine.layout(graph), failure])) as ElkGraph;
};
