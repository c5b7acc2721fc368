import { describe, expect, it } from "vitest";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { STATEFUL_SET } from "../../../functions/kinds/stateful-set/kind.ts";
import { rolloutSeconds } from "../../../functions/kinds/patience.ts";
import type { StatefulSet } from "../../../functions/shared/kubernetes/types.ts";
import { deployment, template } from "../../support/objects.ts";

const slow = () => {
  const made = template();
  Object.assign(made.spec ?? {}, { terminationGracePeriodSeconds: 120 });
  Object.assign(made.spec?.containers[0] ?? {}, {
    startupProbe: { periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: { initialDelaySeconds: 20 },
  });
  return made;
};
const set = (replicas: number) => ({ spec: { replicas, template: slow() } }) as StatefulSet;

describe("the time that a change may take", () => {
  it("is a Deployment's progress deadline, or the API's default for it", () => {
    const own = deployment();
    Object.assign(own.spec ?? {}, { progressDeadlineSeconds: 900 });

    expect(rolloutSeconds(DEPLOYMENT, own)).toBe(900);
    expect(rolloutSeconds(DEPLOYMENT, deployment())).toBe(600);
  });

  it("is at least what one pod needs by its probes and its grace period", () => {
    const own = deployment({ template: slow() });
    Object.assign(own.spec ?? {}, { progressDeadlineSeconds: 60, minReadySeconds: 30 });

    expect(rolloutSeconds(DEPLOYMENT, own)).toBe(120 + 60 + 300 + 50 + 30);
  });

  it("is what the pods of a StatefulSet need one after the other", () => {
    expect(rolloutSeconds(STATEFUL_SET, set(3))).toBe(3 * (120 + 60 + 300 + 50));
  });

  it("counts what sidecars need to start, one after the other, before the containers do", () => {
    const made = slow();
    const sidecar = (name: string, probes: object) => ({ name, restartPolicy: "Always", ...probes });
    Object.assign(made.spec ?? {}, {
      initContainers: [
        sidecar("proxy", { startupProbe: { periodSeconds: 5, failureThreshold: 60 } }),
        sidecar("agent", { startupProbe: {}, readinessProbe: { initialDelaySeconds: 400 } }),
        { name: "migrate", startupProbe: { failureThreshold: 99 } },
      ],
    });
    const spec = { replicas: 1, template: made };

    expect(rolloutSeconds(STATEFUL_SET, { spec })).toBe(120 + 60 + (300 + 30) + (400 + 30));
  });
});
