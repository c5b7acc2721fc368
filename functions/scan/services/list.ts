import { paths } from "../../shared/cluster/paths.ts";
import type { Service } from "../../shared/kubernetes/types.ts";
import { placesIn, type Places } from "../places.ts";
import type { View } from "../view.ts";

/**
 * The Services of these places; read once in a scan. Undefined where none of them can be seen; what cannot be seen becomes a
 * blind spot.
 */
export async function servicesIn(view: View, places: Places): Promise<Service[] | undefined> {
  const where = places.parts.join();
  return await view.once(`Services ${where}`, async () => {
    const lists = await view.listIn<Service>("Services", paths.services, places, { telling: false });
    return lists.every((list) => list === undefined) ? undefined : lists.flatMap((list) => list ?? []);
  });
}

/** Each place by itself: the cluster in one go, or every namespace. */
export function eachPlace(places: Places): Places[] {
  return places.parts.map((part) => (part === undefined ? places : placesIn([part])));
}
