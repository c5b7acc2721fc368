import { describe, expect, it } from "vitest";
import { parseRequest, ScanRequest } from "../../../functions/run/request.ts";
import { waysIn } from "../../../functions/ways-in/ways-in.ts";
import fc from "../../support/properties.ts";
import { alarmEvent, alertsMessage, snsEvent } from "./messages.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom("shop", "prod", "", "__proto__", "a\u2028b", "x\n- approve", "firing", '","namespace":"kube-system'),
);
const labels = fc.dictionary(
  fc.oneof(fc.constantFrom("namespace", "exported_namespace", "alertname", "cluster", "pod"), text),
  text,
);
const dimensions = fc
  .dictionary(fc.oneof(fc.constantFrom("Namespace", "PodName"), text), text)
  .map((all) => ({ ClusterName: "prod", ...all }));

const hostile = fc.oneof(
  fc
    .array(fc.record({ labels, status: fc.constantFrom("firing", "resolved", "x") }))
    .map((all) => snsEvent(alertsMessage(...all))),
  text.map(snsEvent),
  fc.json().map(snsEvent),
  fc.array(dimensions, { maxLength: 12 }).map((all) => alarmEvent(all)),
  fc.record(
    { cluster_name: fc.constant("prod"), namespace: text, reason: text, time: text },
    { requiredKeys: ["cluster_name"] },
  ),
  fc.anything({ withNullPrototype: true }),
);

describe("whatever comes in from outside", () => {
  it("starts scans that the workflow takes, as events, under names that Step Functions takes, or nothing", async () => {
    let started = 0;
    await fc.assert(
      fc.asyncProperty(hostile, async (event) => {
        const answer = await waysIn(event, {
          clusterName: "prod",
          now: () => new Date("2026-06-01T12:04:50Z"),
          measure: () => undefined,
          start: (name, request) => {
            started++;
            expect(name).toMatch(/^[\w-]{1,80}$/);
            expect(ScanRequest.parse(parseRequest(JSON.parse(JSON.stringify(request))))).toEqual(request);
            expect(Object.keys(request).sort().join()).toMatch(/^cluster_name(,namespace)?,origin(,reason)?$/);
            expect(request).toMatchObject({ cluster_name: "prod", origin: "event" });
            return Promise.resolve({ isAlready: false });
          },
        });
        expect(answer.started).toBeLessThanOrEqual(10);
        expect(JSON.stringify(answer).length).toBeLessThan(1_000);
      }),
      { numRuns: 2_000 },
    );
    expect(started).toBeGreaterThan(100);
  });
});
