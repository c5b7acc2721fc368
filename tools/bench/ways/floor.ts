import { keyOf } from "../population/truth.ts";
import { readConnection, report } from "./connection.ts";
import { looksBad, tableRows } from "./table-rows.ts";

// The bare Table requests for pods, one a namespace, eight at a time, and a glance at the rows.
const rows = tableRows(readConnection());
const namespaces = (await rows("/api/v1/namespaces")).map(([name = ""]) => name);
let next = 0;
const told: string[] = [];
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (next < namespaces.length) {
      const namespace = namespaces[next++] ?? "";
      const bad = (await rows(`/api/v1/namespaces/${namespace}/pods`)).filter(looksBad);
      told.push(...bad.map(([name = ""]) => keyOf({ kind: "Pod", namespace, name })));
    }
  }),
);
report(told);
