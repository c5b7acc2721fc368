/** What happens on the cluster in the course of a day. */
export type Happening =
  /** A new revision whose image does not exist, or that crashes. */
  | { minute: number; kind: "bad image" | "crashing rollout"; workload: string }
  /** The pods that run begin to crash. */
  | { minute: number; kind: "crash"; workload: string }
  /** More load than the HPA's maximum of replicas can take, or none any more. */
  | { minute: number; kind: "load rises" | "load falls"; workload: string }
  /** A person rolls a good revision out. */
  | { minute: number; kind: "fixed"; workload: string }
  | { minute: number; kind: "deleted" | "created"; workload: string }
  /** A namespace with one workload that has never worked, and later the end of it. */
  | { minute: number; kind: "preview" | "preview over"; namespace: string }
  /** A pod of no controller that crashes, and later the end of it. */
  | { minute: number; kind: "bare pod" | "bare pod over"; pod: string }
  /** Many workloads get an image that does not exist at once, and a good one again. */
  | { minute: number; kind: "storm" | "storm over" };

export interface DayPlan {
  happenings: Happening[];
  /** Workloads that stand from the beginning, as `namespace/name`. */
  workloads: string[];
  /** Those of them with an HPA. */
  scaled: string[];
  /** One that has never worked, and that nobody fixes. */
  broken: string;
}

/** Without anything new: everything runs well for the time that makes a revision count as stable. */
const QUIET_MINUTES = 15;
/** Minutes from one thing to the next on average, and how long people take to fix what was not healed. */
const EVERY_MINUTES = 12;
const FIXED_AFTER_MINUTES = 75;
/** A workload that had trouble is left alone for so long. */
const REST_MINUTES = 150;

const TROUBLES = ["bad image", "crashing rollout", "crash", "load", "recreated", "preview", "bare pod"] as const;

/** The same seed makes the same day. */
export function planDay(minutes: number, seed: number): DayPlan {
  const random = generator(seed);
  const names = ["shop", "blog", "pay", "search"].flatMap((namespace) =>
    Array.from({ length: 8 }, (_, index) => `${namespace}/app-${index}`),
  );
  const scaled = names.filter((name) => name.endsWith("-0"));
  const free = new Map(names.map((name) => [name, 0]));
  const happenings: Happening[] = [];
  const stormAt = Math.floor(minutes * 0.6);
  const calm = (minute: number) => minute < stormAt - 120 || minute > stormAt + 60;

  for (let minute = QUIET_MINUTES; minute < minutes - 60; minute++) {
    if (random() >= 1 / EVERY_MINUTES || !calm(minute)) continue;
    const trouble = TROUBLES[Math.floor(random() * TROUBLES.length)] ?? "crash";
    const pool = (trouble === "load" ? scaled : names.filter((name) => !scaled.includes(name))).filter(
      (name) => (free.get(name) ?? 0) <= minute,
    );
    const workload = pool[Math.floor(random() * pool.length)];
    const later = minute + FIXED_AFTER_MINUTES;
    if (trouble === "preview") {
      const namespace = `preview-${happenings.length}`;
      happenings.push({ minute, kind: "preview", namespace }, { minute: later, kind: "preview over", namespace });
      continue;
    }
    if (trouble === "bare pod") {
      const pod = `job-${happenings.length}`;
      happenings.push({ minute, kind: "bare pod", pod }, { minute: later, kind: "bare pod over", pod });
      continue;
    }
    if (workload === undefined) continue;
    free.set(workload, minute + REST_MINUTES);
    if (trouble === "load")
      happenings.push({ minute, kind: "load rises", workload }, { minute: later, kind: "load falls", workload });
    else if (trouble === "recreated")
      happenings.push(
        { minute, kind: "bad image", workload },
        { minute: minute + 3, kind: "deleted", workload },
        { minute: minute + 20, kind: "created", workload },
      );
    else happenings.push({ minute, kind: trouble, workload }, { minute: later, kind: "fixed", workload });
  }
  happenings.push({ minute: stormAt, kind: "storm" }, { minute: stormAt + 25, kind: "storm over" });
  happenings.sort((a, b) => a.minute - b.minute);
  return { happenings, workloads: names, scaled, broken: "shop/never-worked" };
}

/** The most messages that a workload may cause which stays broken for so many seconds: after each, the pause doubles. */
export function mostMessages(seconds: number, base: number, longest: number): number {
  let messages = 1;
  for (let passed = 0, tries = 1; ; tries++, messages++) {
    passed += Math.min(longest, base * 2 ** tries);
    if (passed > seconds) return messages;
  }
}

/** Numbers in [0, 1) that look random (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
