import type { Load } from "../generated/runs";
import { count, share, size } from "../kit/numbers";

/** What a training takes of its machine; of one that has ended, the most memory that it held. */
export function loadWords(load: Load | null | undefined, active: boolean): string {
  if (!load) return "";
  if (!active) return `memory up to ${size(load.memory_peak)}`;
  const parts = [];
  if (load.gpu != null)
    parts.push(`GPU ${share(load.gpu)}, ${size(load.gpu_used)} of ${size(load.gpu_total)}`);
  parts.push(
    `CPU ${share(load.cpu)} of ${count(load.cores)} ${load.cores === 1 ? "core" : "cores"}`,
  );
  parts.push(`memory ${size(load.memory)}`);
  parts.push(`machine ${size(load.machine_used)} of ${size(load.machine_total)}`);
  return parts.join(" · ");
}
