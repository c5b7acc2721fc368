import type { Failure } from "../../shared/kubernetes/failures.ts";
import { paths } from "../../shared/cluster/paths.ts";
import type { Namespace, ObjectMeta } from "../../shared/kubernetes/types.ts";
import type { Policy } from "../../shared/policy.ts";
import { inTurn } from "../fair.ts";
import type { FailingWorkload } from "../incidents.ts";
import type { View } from "../view.ts";
import { isUntold } from "./quiet.ts";

/** How much is told of one scan, of all namespaces in turn. */
const MAX_TOLD = 50;

/** An object that something is wrong with. */
export interface Found {
  kind: "Service" | "Ingress" | "HorizontalPodAutoscaler" | "CronJob";
  object: { metadata?: ObjectMeta };
  failure: Failure | undefined;
}

/** Those of the problems that people are told of: their namespace is read last, and only where there is something to tell. */
export async function told(view: View, found: readonly Found[], policy: Policy): Promise<FailingWorkload[]> {
  const spaces = new Map<string, Promise<Namespace | undefined>>();
  const problems = found.filter(({ failure }) => failure !== undefined);
  const chosen = inTurn(problems, ({ object }) => object.metadata?.namespace ?? "").slice(0, MAX_TOLD);
  const telling = await view.each(chosen, async ({ kind, object, failure }) => {
    if (failure === undefined) return [];
    const { namespace = "", name = "" } = object.metadata ?? {};
    const reading =
      spaces.get(namespace) ??
      view.tryTo(`namespace ${namespace}`, () => view.read<Namespace>(paths.namespace(namespace)), {
        place: namespace,
        telling: false,
      });
    spaces.set(namespace, reading);
    const space = await reading;
    if (space === undefined || isUntold(object, space, policy.opt_in)) return [];
    return [{ workload: { kind, namespace, name }, failures: [failure] }];
  });
  return telling.flat();
}
