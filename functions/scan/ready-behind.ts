import { paths } from "../shared/cluster/paths.ts";
import type { EndpointSlice, Service } from "../shared/kubernetes/types.ts";
import { serviceKey } from "./named-services.ts";
import type { View } from "./view.ts";

/** The label by which a slice names its Service. Source: k8s.io/api/discovery/v1, LabelServiceName */
export const SERVICE_NAME = "kubernetes.io/service-name";
/** How much is read of one Service's slices, in objects of 16 KiB: ten slices of a hundred endpoints, which weigh 40 KiB each. */
const MOST_OF_SLICES = 30;

/** What is ready behind Services, by `namespace/name`: the names of pods, or addresses. One that was not read is not in it. */
export type ReadyBehind = ReadonlyMap<string, readonly string[]>;

/**
 * Reads what is ready behind these Services, apart from pods that fail: one that crashes again and again is ready in between.
 * @param failing every failing pod, by `namespace/name`
 */
export async function readReadyBehind(
  view: View,
  services: readonly Service[],
  failing: ReadonlySet<string>,
): Promise<ReadyBehind> {
  const read = await view.each(services, async (service): Promise<[string, string[]][]> => {
    const { namespace = "", name = "" } = service.metadata ?? {};
    const labelSelector = `${SERVICE_NAME}=${name}`;
    const slices = await view.tryTo(
      `EndpointSlices of Service ${namespace}/${name}`,
      () => view.cluster.listSmall<EndpointSlice>(paths.endpointSlices(namespace), MOST_OF_SLICES, { labelSelector }),
      { place: namespace, telling: false, optionalApi: paths.endpointSlices() },
    );
    const ready = slices?.flatMap(readyIn).filter((pod) => !failing.has(`${namespace}/${pod}`));
    return ready === undefined ? [] : [[serviceKey(service), ready]];
  });
  return new Map(read.flat());
}

/**
 * The endpoints of any family of addresses that are ready. What is published before it is ready says of itself that it does not
 * serve; what says nothing is ready.
 * Source: k8s.io/api/discovery/v1, EndpointConditions
 */
export function readyIn({ endpoints }: EndpointSlice): string[] {
  return (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false && conditions?.serving !== false)
    .map(({ targetRef, addresses }) => targetRef?.name ?? addresses[0] ?? "");
}
