/** Written by `python -m scripts.wire`: change the Python, then run that. */

/** The event `epoch`: the metrics of a finished epoch, counted from 1. */
export interface EpochTold {
  epoch: number;
  metrics: Record<string, number | null>;
}

/** The load at a moment; bytes, and shares from 0 to 1. */
export interface Load {
  cpu: number;
  cores: number;
  memory: number;
  memory_peak: number;
  machine_used: number;
  machine_total: number;
  gpu: number | null;
  gpu_used: number | null;
  gpu_total: number | null;
}

/** The event `log`: the end of the log, at most `LOG_BYTES` of it. */
export interface LogTold {
  text: string;
}

/** The event `points`: new batches, as `builder.runs.metric_rows.Points` describes them. */
export interface PointsTold {
  steps: number[];
  epochs: number[];
  series: Record<string, (number | null)[]>;
}

/** The event `state`: a run's state, with the share of its batches that is done, 0 to 1. */
export interface StateTold {
  state: RunStatus;
  message: string;
  advice: string;
  stage: string;
  preparing: string;
  epoch: number;
  epochs: number;
  batch: number;
  batches: number;
  device: string;
  started: number | null;
  updated: number | null;
  finished: number | null;
  seconds: number;
  session: number;
  auto_resumes: number;
  forced: boolean;
  images_per_second: number | null;
  eta_seconds: number | null;
  load: Load | null;
  results: Record<string, unknown>;
  share: number;
}

/** What a run is doing, or how it ended; `state.json` holds the values. */
export type RunStatus = "queued" | "starting" | "running" | "pausing" | "paused" | "stopping" | "stopped" | "finished" | "failed" | "lost" | "damaged" | "newer";

export const ACTIVE: readonly RunStatus[] = ["queued", "starting", "running", "pausing", "stopping"];
