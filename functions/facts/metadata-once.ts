import type { Reader } from "../shared/cluster/cluster.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/**
 * A cluster as one diagnosis reads it: the metadata of an object is asked for once, whoever asks for it, so that all go by the
 * same. What is refused once is refused to all.
 */
export function metadataOnce(cluster: Reader): Reader {
  const known = new Map<string, Promise<ObjectMeta>>();
  return {
    name: cluster.name,
    get: (path, query) => cluster.get(path, query),
    metadata: (path) => {
      const reading = known.get(path) ?? cluster.metadata(path);
      known.set(path, reading);
      return reading;
    },
    text: (path, query) => cluster.text(path, query),
    list: (path, query, keep) => cluster.list(path, query, keep),
    listSmall: (path, most, query) => cluster.listSmall(path, most, query),
    table: (path, query, most) => cluster.table(path, query, most),
  };
}
