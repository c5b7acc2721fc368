import type { ResourceQuota } from "../types.ts";
import { usedOf } from "../admission/quota.ts";
import { EVENTS, QUOTAS } from "../kinds.ts";
import { formatQuantity, isBinary } from "../quantity.ts";
import type { Store } from "../store.ts";
import { fromKey, keyOf, type Controller } from "./controller.ts";
import { writeStatus } from "./status.ts";

/** Tells in the status of ResourceQuotas how much of them is in use. */
export function resourceQuotaController(store: Store): Controller {
  return {
    concernedBy: ({ resource, object }) =>
      resource === EVENTS
        ? []
        : store.list(QUOTAS, object.metadata?.namespace ?? "").map(({ metadata }) => keyOf(metadata)),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const quota = store.find<ResourceQuota>(QUOTAS, namespace, name);
      if (quota === undefined) return undefined;
      const hard = quota.spec?.hard ?? {};
      const used = Object.entries(hard).map(([amount, limit]) => [
        amount,
        formatQuantity(usedOf(store, namespace, amount), isBinary(limit)),
      ]);
      writeStatus(store, QUOTAS, quota, { hard, used: Object.fromEntries(used) as Record<string, string> });
      return undefined;
    },
  };
}
