/** Values with everything that a type asks for, to be overridden. */

import type { StateTold } from "../src/generated/runs";
import type { RunRow, StudyRow } from "../src/generated/tables";

export function state(change: Partial<StateTold> = {}): StateTold {
  return {
    state: "running",
    message: "",
    advice: "",
    stage: "",
    preparing: "",
    epoch: 0,
    epochs: 0,
    batch: 0,
    batches: 0,
    device: "",
    started: null,
    updated: null,
    finished: null,
    seconds: 0,
    session: 1,
    auto_resumes: 0,
    forced: false,
    images_per_second: null,
    eta_seconds: null,
    load: null,
    results: {},
    share: 0,
    ...change,
  };
}

const SHARED = {
  id: "a",
  parent: "",
  name: "a",
  state: "Finished",
  level: "good" as const,
  progress: null,
  why: "",
  data: "CIFAR-10",
  settings: "",
  time: "",
  begun: "",
  note: "",
  tags: [],
};

const ORDER = { name: "", state: "", data: "", best: null, params: null, time: null, begun: null };

export function run(id: string, change: Partial<RunRow> = {}): RunRow {
  return {
    ...SHARED,
    id,
    name: id,
    letter: "",
    document: "",
    best: "",
    best_about: "",
    metric: "",
    curve: [],
    params: "",
    params_exact: "",
    begun_exact: "",
    active: false,
    order: ORDER,
    ...change,
  };
}

export function study(id: string, change: Partial<StudyRow> = {}): StudyRow {
  return { ...SHARED, id, name: id, runs: 2, order: ORDER, ...change };
}

/** What a row is sorted by. */
export function order(change: Partial<RunRow["order"]>): RunRow["order"] {
  return { ...ORDER, ...change };
}
