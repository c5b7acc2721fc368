import fc from "../../support/properties.ts";
import { detect } from "../../../functions/detect/handler.ts";
import { Detection } from "../../../functions/run/detection.ts";
import { outOfScope } from "../../../functions/shared/scope.ts";
import { UNPRINTABLE } from "../../support/hostile.ts";
import { expectPayload, hold, resultOf } from "../broken.ts";
import { somePolicy, worlds } from "../seeds.ts";
import { environmentOf, field, policyOf, type Target } from "../target.ts";
import { WorldCluster } from "../world.ts";
import { REQUESTS } from "./requests.ts";

export const detection: Target = {
  name: "detection",
  summary: "detect, on a cluster that answers anything: rows, pods, workloads, HPAs, nodes",
  seeds: fc.record({ request: fc.constantFrom(...REQUESTS), policy: somePolicy, world: worlds }),
  run: async (input) => {
    const cluster = new WorldCluster(field(input, "world"));
    const policy = policyOf(field(input, "policy"));
    const request = field(input, "request");
    const outcome = await resultOf(() => detect(environmentOf(cluster, policy))(request));
    cluster.expectKept();
    hold(cluster.written.length === 0, () => "detection wrote to the cluster");
    if ("refused" in outcome) return;
    expectPayload(outcome.result);
    const found = Detection.parse(outcome.result);
    for (const { workload, failures } of found.incidents) {
      const asked = field(request, "action") !== undefined;
      hold(
        asked || outOfScope(workload.namespace, policy) === undefined,
        () => `${workload.namespace} is out of scope`,
      );
      for (const { reason, message = "", container = "" } of failures) {
        for (const text of [reason, message, container]) {
          hold(!UNPRINTABLE.test(text), () => `a failure holds what cannot be printed: ${JSON.stringify(text)}`);
        }
      }
    }
  },
};
