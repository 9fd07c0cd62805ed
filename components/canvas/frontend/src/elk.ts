/** elkjs in a worker of its own, which is loaded when the first layout is asked for. */

import ELK from "elkjs/lib/elk-api";
import type { Elk, ElkGraph } from "./layout";

const WORKER = "elk-worker.min.js"; // as elkjs ships it; it lies beside the bundle
let started: InstanceType<typeof ELK> | null = null;

export const elk: Elk = async (graph) => {
  const here = import.meta.url;
  started ??= new ELK({ workerFactory: () => new Worker(new URL(WORKER, here).href) });
  return (await started.layout(graph)) as ElkGraph;
};
