import { expect, it } from "vitest";
import { podWellSince } from "../../../functions/facts/well-since.ts";
import { ago, container, pod } from "../../support/objects.ts";

it("a pod has been well since the last start of any of its containers, a sidecar's among them", () => {
  const app = container({ state: { running: { startedAt: ago(900) } } });
  const sidecar = container({ name: "proxy", state: { running: { startedAt: ago(60) } } });
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: ago(890) }];
  const since = (more: object) =>
    podWellSince(pod({ status: { phase: "Running", conditions, containerStatuses: [app], ...more } }));

  expect(since({})).toEqual(new Date(ago(890)));
  expect(since({ initContainerStatuses: [sidecar] })).toEqual(new Date(ago(60)));
});
