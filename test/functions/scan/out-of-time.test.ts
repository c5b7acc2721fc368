import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import type { SuspectRule } from "../../../functions/kinds/suspects.ts";
import { readSuspects } from "../../../functions/scan/look.ts";
import type { Rows } from "../../../functions/scan/suspect-rows.ts";
import { View } from "../../../functions/scan/view.ts";
import type { Reader } from "../../../functions/shared/cluster/cluster.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { timeLeft, within } from "../../../functions/shared/time-left.ts";
import { crashingPod } from "../../support/objects.ts";

/** So little time is left after one batch that nothing more is read. */
const LATE = 15_000;

it("what batches brought is kept where the time ends before all of it was read, though too many are left", async () => {
  const suspects = Array.from({ length: 400 }, (_, index) => {
    const batch = { label: "pod-template-hash", value: index < 10 ? "a" : `b${index}` };
    return { name: `web-${index}`, selector: `metadata.name=web-${index}`, count: 1, suspected: 1, batch, others: [] };
  });
  const rule: SuspectRule = { columns: ["Name"], isSuspect: () => true };
  const rows: Rows = { collection: "/api/v1/pods", rule, query: {}, everywhere: true, seen: 10_000, suspects };
  const asked: unknown[] = [];
  const cluster: Partial<Reader> = {
    name: "prod",
    async listSmall<T>(_path: string, _most: number, query?: Record<string, string>) {
      asked.push(query);
      while (timeLeft() >= LATE) await setTimeout(10);
      return [crashingPod({ name: "web-0" }) as T];
    },
  };
  const view = new View(cluster as Reader);
  const kept = await within(LATE + 200, () =>
    readSuspects(view, { what: "pods" }, rows, ({ metadata }: Pod) => metadata?.name, 300),
  );

  expect(kept.suspects).toEqual(["web-0"]);
  expect(asked.length, "of the batches, those that had begun").toBeLessThan(9);
  expect(view.blindSpots.map(({ error }) => error.message)).toEqual([
    "399 of them that may fail could not be read in the time that the step has.",
  ]);
});
