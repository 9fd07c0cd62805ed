/** A run's state in words. */

import type { RunStatus, StateTold } from "../generated/runs";
import { count, duration, rate } from "../kit/numbers";
import { isActive } from "./stream";

export const LOST = "connection lost, retrying";

const WORDS: Record<RunStatus, string> = {
  queued: "Waiting to start",
  starting: "Starting",
  running: "Training",
  pausing: "Pausing after this batch",
  paused: "Paused",
  stopping: "Stopping after this batch",
  stopped: "Stopped",
  finished: "Finished",
  failed: "Failed",
  lost: "Interrupted",
  damaged: "Damaged",
  newer: "Newer",
};

/** What the run does, or how it ended. */
export function doing(state: StateTold | null): string {
  return state ? WORDS[state.state] : "Connecting";
}

/** Whether batches are being trained. */
export function isTraining(state: StateTold | null): boolean {
  return state !== null && isActive(state) && state.epoch > 0;
}

/** How far it is: the epoch and the batch, or what is going on before the first. */
export function where(state: StateTold | null): string {
  if (!state) return "";
  const { epoch, epochs, batch, batches, preparing } = state;
  const inEpoch = `epoch ${count(epoch)} of ${count(epochs)}`;
  if (state.state === "queued") return epoch > 0 ? inEpoch : "";
  if (epoch === 0) return state.stage;
  const inside = isTraining(state) || (state.state !== "finished" && batch < batches);
  const inBatch = inside ? ` · batch ${count(batch)} of ${count(batches)}` : "";
  return `${inEpoch}${inBatch}${isTraining(state) && preparing ? ` · ${preparing}` : ""}`;
}

/** What is left and how fast it goes, or how long it took. */
export function rest(state: StateTold | null): string {
  if (!state) return "";
  const parts: string[] = [];
  if (isTraining(state)) {
    if (state.eta_seconds !== null) parts.push(`${duration(state.eta_seconds)} left`);
    if (state.images_per_second !== null) parts.push(rate(state.images_per_second));
  } else if (!isActive(state) && state.started !== null && state.finished !== null) {
    parts.push(`took ${duration(state.seconds || state.finished - state.started)}`);
  }
  return parts.join(" · ");
}
