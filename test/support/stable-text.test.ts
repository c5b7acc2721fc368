import { expect, it } from "vitest";
import { stableText } from "./stable-text.ts";

const values = { namespace: "storm-1a2b3c", node: "own-4d5e6f" };

it.each([
  ["a scenario's namespace", "HPA storm-1a2b3c/web is bound", "HPA NAMESPACE/web is bound"],
  ["its node", "12 pods are on node own-4d5e6f.", "12 pods are on node NODE."],
  ["the pods of a Deployment", "Evicted 1 pod (web-5c4f4997c5-4jj2h).", "Evicted 1 pod (POD)."],
  ["a moment", "not before 2026-11-24T19:58:30.657Z.", "not before MOMENT."],
  ["a duration", "after running well for 8 s.", "after running well for TIME."],
  ["an execution", "by test-746b15dc-6bd9-482f-9175-fea12cc718a3", "by test-UID"],
])("%s is told by a placeholder", (_what, text, stable) => {
  expect(stableText(text, values)).toBe(stable);
});

it("what is the same in every play stays", () => {
  const text = "Pod db-0: 2 of 3 replicas ready; revision 7 (scale.max_replicas), web-on-own-node, rollout-stuck";

  expect(stableText(text, { namespace: "storm-1a2b3c", node: undefined })).toBe(text);
});
