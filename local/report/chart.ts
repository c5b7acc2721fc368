import { escape } from "./escape.ts";
import { clock } from "./time.ts";
import type { Sample } from "./workload-story.ts";

const SIZE = { width: 420, height: 88 } as const;
/** The room around the lines: for the numbers at the left, and the times below. */
const PLOT = { left: 26, right: 410, top: 12, bottom: 64 } as const;

export interface ChartOptions {
  samples: readonly Sample[];
  /** What the times are measured from. */
  began: Date;
  /** When the workload was last looked at. */
  ended: Date;
  /** When it was changed. */
  changes: readonly Date[];
}

/** The replicas of a workload over time, as a drawing and in words; empty where none were read. */
export function replicaChart({ samples, began, ended, changes }: ChartOptions): string {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return "";
  const to = Math.max(ended.getTime(), last.at.getTime(), first.at.getTime() + 1_000);
  const most = Math.max(1, ...samples.flatMap(({ ready, wanted }) => [ready, wanted]));
  const x = (at: Date) => {
    const share = (at.getTime() - first.at.getTime()) / (to - first.at.getTime());
    return round(PLOT.left + Math.min(1, Math.max(0, share)) * (PLOT.right - PLOT.left));
  };
  const y = (replicas: number) => round(PLOT.bottom - (replicas / most) * (PLOT.bottom - PLOT.top));
  const steps = (of: "ready" | "wanted") =>
    samples
      .map((sample, index) => `${index === 0 ? `M${x(sample.at)},` : `H${x(sample.at)} V`}${y(sample[of])}`)
      .join(" ");
  const ready = `${steps("ready")} H${PLOT.right}`;
  const told = samples.map(({ at, ready, wanted }) => `${ready} of ${wanted} at ${clock(at, began)}`);
  const changed = changes.length === 0 ? "" : ` <span class="key-change">changed by the workflow</span>`;
  const key = `<span class="key" aria-hidden="true"><span class="key-ready">ready</span> <span class="key-wanted">wanted</span>${changed}</span>`;
  return `<figure class="chart">
<figcaption><strong>Ready replicas</strong> ${told.map((text) => escape(text)).join(", ")} ${key}</figcaption>
<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escape(`Ready replicas over time: ${told.join(", ")}`)}">
<path class="ready-area" d="${ready} V${PLOT.bottom} H${x(first.at)} Z"/>
<path class="axis" d="M${PLOT.left},${PLOT.top} V${PLOT.bottom} H${PLOT.right}"/>
<path class="wanted" d="${steps("wanted")} H${PLOT.right}"/>
<path class="ready" d="${ready}"/>
${changes
  .filter((at) => at >= first.at)
  .map((at) => `<path class="change" d="M${x(at)},${PLOT.top - 6} V${PLOT.bottom}"/>`)
  .join("\n")}
<text x="${PLOT.left - 6}" y="${PLOT.top + 4}" class="end">${most}</text>
<text x="${PLOT.left - 6}" y="${PLOT.bottom + 4}" class="end">0</text>
<text x="${PLOT.left}" y="${SIZE.height - 8}" class="start">${clock(first.at, began)}</text>
<text x="${PLOT.right}" y="${SIZE.height - 8}" class="end">${clock(new Date(to), began)}</text>
</svg>
</figure>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
