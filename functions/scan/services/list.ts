import { paths } from "../../shared/cluster/paths.ts";
import type { Service } from "../../shared/kubernetes/types.ts";
import type { View } from "../view.ts";

/**
 * The Services of a namespace, or of the cluster; read once in a scan. Undefined where they cannot be seen, which becomes a
 * blind spot.
 */
export async function servicesIn(view: View, namespace: string | undefined): Promise<Service[] | undefined> {
  const what = `Services${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
  return await view.once(what, () =>
    view.tryTo(what, () => view.list<Service>(paths.services(namespace)), {
      place: namespace,
      telling: false,
      optionalApi: paths.services(),
    }),
  );
}
