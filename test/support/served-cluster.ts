import type { Table } from "../../functions/scan/table.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type {
  CronJob,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Hpa,
  Ingress,
  Job,
  Node,
  ObjectMeta,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from "../../functions/shared/kubernetes/types.ts";
import {
  CRON_JOB_PRINTER,
  DAEMON_SET_PRINTER,
  DEPLOYMENT_PRINTER,
  ENDPOINT_SLICE_PRINTER,
  JOB_PRINTER,
  NAMESPACE_PRINTER,
  NODE_PRINTER,
  POD_PRINTER,
  printed,
  type Printer,
  REPLICA_SET_PRINTER,
  STATEFUL_SET_PRINTER,
} from "../../local/embedded/printers/index.ts";
import { found, type Answer, type ApiServer, type SeenRequest } from "./api-server.ts";
import { NOW } from "./objects.ts";

/** What there is on a cluster. */
export interface Objects {
  /** `shop`, unless told otherwise. */
  namespaces?: string[];
  /** What the namespaces are annotated with, by their names. */
  annotations?: Record<string, Record<string, string>>;
  nodes?: Node[];
  pods?: Pod[];
  deployments?: Deployment[];
  replicaSets?: ReplicaSet[];
  statefulSets?: StatefulSet[];
  daemonSets?: DaemonSet[];
  jobs?: Job[];
  cronJobs?: CronJob[];
  hpas?: Hpa[];
  services?: Service[];
  slices?: EndpointSlice[];
  ingresses?: Ingress[];
}

/** Turns a Table into what this server answers instead of it. */
export type Print = (table: Table, objects: readonly object[]) => object;

/** A server that knows no Table answers with the objects. */
export const NO_TABLES: Print = (_table, objects) => ({ kind: "List", items: objects, metadata: {} });

interface Named {
  metadata?: ObjectMeta;
}

/**
 * Answers as the API server of a cluster with these objects: collections printed as a Table or page by page, of one
 * namespace or all, and each object by its path.
 */
export function serve(api: ApiServer, objects: Objects, print: Print = (table) => table): void {
  const { namespaces = ["shop"], annotations = {} } = objects;
  const collection = <T extends Named>(
    path: (namespace?: string) => string,
    items: readonly T[] = [],
    printer?: Printer<T>,
  ) => {
    for (const place of [undefined, ...namespaces]) {
      const here = items.filter(({ metadata }) => place === undefined || metadata?.namespace === place);
      api.on("GET", path(place), answer(here, printer, print));
      if (place === undefined) continue;
      for (const item of here) api.on("GET", `${path(place)}/${item.metadata?.name ?? ""}`, found(item));
    }
  };
  const spaces = namespaces.map((name) => ({ metadata: { name, annotations: annotations[name] ?? {} } }));
  api.on("GET", paths.namespaces(), answer(spaces, NAMESPACE_PRINTER, print));
  for (const space of spaces) api.on("GET", paths.namespace(space.metadata.name), found(space));
  api.on("GET", paths.nodes(), answer(objects.nodes ?? [], NODE_PRINTER, print));
  for (const node of objects.nodes ?? []) api.on("GET", `${paths.nodes()}/${node.metadata?.name ?? ""}`, found(node));
  collection(paths.pods, objects.pods, POD_PRINTER);
  collection(paths.deployments, objects.deployments, DEPLOYMENT_PRINTER);
  collection(paths.replicaSets, objects.replicaSets, REPLICA_SET_PRINTER);
  collection(paths.statefulSets, objects.statefulSets, STATEFUL_SET_PRINTER);
  collection(paths.daemonSets, objects.daemonSets, DAEMON_SET_PRINTER);
  collection(paths.jobs, objects.jobs, JOB_PRINTER);
  collection(paths.hpas, objects.hpas);
  collection(paths.services, objects.services);
  collection(paths.ingresses, objects.ingresses);
  collection(paths.endpointSlices, objects.slices, ENDPOINT_SLICE_PRINTER);
  collection(paths.cronJobs, objects.cronJobs, CRON_JOB_PRINTER);
}

/** Whether a request asks for printed rows. */
export function asksForTable({ headers }: SeenRequest): boolean {
  return headers.accept?.includes("as=Table") === true;
}

function answer<T extends Named>(items: readonly T[], printer: Printer<T> | undefined, print: Print): Answer {
  return (response, request) => {
    const selected = items.filter((item) => isSelected(item, request));
    const body =
      printer !== undefined && asksForTable(request)
        ? print(tableOf(printer, selected, request), selected)
        : pageOf(selected, request);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
}

/** The rows, each with its object's metadata where that is asked for. */
function tableOf<T extends Named>(printer: Printer<T>, selected: readonly T[], { query }: SeenRequest): Table {
  const table = printed(printer, selected, NOW);
  if (query["includeObject"] !== "Metadata") return table;
  return {
    ...table,
    rows: table.rows.map((row, index) => ({ ...row, object: { metadata: selected[index]?.metadata ?? {} } })),
  };
}

/** `pod-template-hash in (100,200)` */
const ANY_OF = /([^\s,]+) in \(([^)]*)\)/g;

/** Whether the selectors leave the object: of fields, those that a scan uses; of labels, those that ask for values. */
function isSelected(item: Named, { query }: SeenRequest): boolean {
  const asked = query["labelSelector"] ?? "";
  const wanted = asked
    .replaceAll(ANY_OF, "")
    .split(",")
    .filter((pair) => pair.includes("="));
  const labels = item.metadata?.labels;
  const isAmong = ([, key = "", values = ""]: readonly string[]) => values.split(",").includes(labels?.[key] ?? "");
  if (![...asked.matchAll(ANY_OF)].every(isAmong)) return false;
  if (asked.startsWith("!") && labels !== undefined && asked.slice(1) in labels) return false;
  // Where a test gives no labels, they are taken for those that are asked for.
  const hasLabels =
    labels === undefined || wanted.every((pair) => labels[pair.split("=")[0] ?? ""] === pair.split("=")[1]);
  if (!hasLabels) return false;
  const terms = (query["fieldSelector"] ?? "").split(",").filter((term) => term !== "");
  return terms.every((term) => {
    const [, field = "", not, value] = /^([^!=]+)(!?)=(.*)$/.exec(term) ?? [];
    return (fieldOf(item, field) === value) === (not === "");
  });
}

function fieldOf(item: Named, field: string): string {
  if (field === "status.successful") return String((item as Job).status?.succeeded ?? 0);
  const value: unknown = field
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], item);
  return typeof value === "string" ? value : "";
}

/** One page of the items; a token is the number of items before the page. */
function pageOf(selected: readonly Named[], { query }: SeenRequest): object {
  const start = Number(query["continue"] ?? 0);
  const end = start + Number(query["limit"] ?? selected.length);
  return { items: selected.slice(start, end), metadata: { continue: end < selected.length ? String(end) : "" } };
}
