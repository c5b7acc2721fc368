import { describe, expect, it } from "vitest";
import { PAUSED_ANNOTATION, PAUSED_LABEL, type Application } from "../../../functions/facts/argo-cd-application.ts";
import { pausedForLong } from "../../../functions/scan/paused-applications.ts";
import { placesIn } from "../../../functions/scan/places.ts";
import { application } from "../../support/argo-cd.ts";
import { fieldsBy } from "../../support/field-writers.ts";
import { ago, NOW } from "../../support/objects.ts";

const DAY = 86_400;

function paused(seconds: number, spec: Application["spec"] = { syncPolicy: {} }): Application {
  const fields = { "f:metadata": { "f:annotations": { [`f:${PAUSED_ANNOTATION}`]: {} } } };
  return application({
    metadata: {
      annotations: { [PAUSED_ANNOTATION]: "{}" },
      labels: { [PAUSED_LABEL]: "true" },
      ...fieldsBy("eks-remediation", fields, { at: ago(seconds) }),
    },
    spec,
  });
}
const everywhere = { includes: () => true, everywhere: true };

describe("an Application whose automated sync is paused", () => {
  it("is told when people were told of it a day ago", () => {
    expect(pausedForLong([paused(DAY + 1)], everywhere, NOW)).toMatchObject([
      {
        workload: { kind: "Application", group: "argoproj.io", namespace: "argocd", name: "shop" },
        failures: [{ reason: "AutomatedSyncPaused", since: ago(DAY + 1).replace("Z", ".000Z") }],
      },
    ]);
    expect(pausedForLong([paused(DAY - 1)], everywhere, NOW)).toEqual([]);
  });

  it("is told where what it syncs is looked at", () => {
    const at = (...namespaces: string[]) => pausedForLong([paused(2 * DAY)], placesIn(namespaces), NOW);
    expect(at("shop", "blog")).toHaveLength(1);
    expect(at("blog", "argocd")).toEqual([]);
  });

  it("is not told once somebody has resumed it, or taken the mark away", () => {
    const resumed = paused(2 * DAY, { syncPolicy: { automated: {} } });
    const unmarked = application({ spec: { syncPolicy: {} } });
    expect(pausedForLong([resumed, unmarked], everywhere, NOW)).toEqual([]);
  });
});
