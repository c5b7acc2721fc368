import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import { requestedRestart } from "../../../../functions/remedies/restart/plan.ts";
import { openCase } from "../../../../functions/facts/case.ts";
import type { ContainerStatus, Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, container, crashingPod, evidence, policy } from "../../../support/objects.ts";

/** A pod that crashes after it ran well for long, with this ephemeral container. */
function debugged(state: NonNullable<ContainerStatus["state"]>): Pod {
  const made = crashingPod({ ranFor: 3_000 });
  const debug = container({ name: "debugger-x7k", ready: false, state });
  return { ...made, status: { ...made.status, ephemeralContainerStatuses: [debug] } };
}

const RUNNING = { running: { startedAt: ago(40) } };
const ENDED = { terminated: { exitCode: 0, reason: "Completed", startedAt: ago(90), finishedAt: ago(40) } };

describe("a crashing pod in which somebody may be debugging", () => {
  it("is not restarted while an ephemeral container runs", () => {
    expect(classify(evidence({ pods: [debugged(RUNNING)] }), policy()).remedy).toMatchObject({
      action: "none",
      refusal: "NoSafeRemedy",
      message: expect.stringContaining("an ephemeral container runs (debugger-x7k in pod web-1-aaaaa)") as unknown,
    });
  });

  it("is restarted once that has ended", () => {
    expect(classify(evidence({ pods: [debugged(ENDED)] }), policy()).remedy).toMatchObject({ action: "restart" });
  });

  it("is restarted for whoever asks for exactly that", () => {
    const facts = openCase(evidence({ pods: [debugged(RUNNING)] }), policy());

    expect(requestedRestart({ action: "restart", pod: "web-1-aaaaa" }, facts)).toMatchObject({ action: "restart" });
  });
});
