/**
 * What JSON the API has in the fields that the workflow reads. A field of one name is the same in all the kinds that are
 * read; whatever is not listed here is not looked at, and nothing below it.
 * Source: the Kubernetes API reference, apps/v1, autoscaling/v2, batch/v1, coordination.k8s.io/v1, policy/v1, v1; meta/v1
 * Table
 */
const FIELDS = {
  /** Objects, and below them the fields listed here. */
  object: [
    "containerResource current external involvedObject lastState livenessProbe metadata metric object pods readinessProbe",
    "resource resources rollingUpdate running scaleTargetRef series spec startupProbe state target template terminated",
    "updateStrategy waiting",
  ],
  /** Lists of such objects. */
  objects: [
    "columnDefinitions conditions containers containerStatuses currentMetrics ephemeralContainers ephemeralContainerStatuses",
    "initContainers initContainerStatuses items managedFields matchExpressions metrics ownerReferences readinessGates rows",
  ],
  texts: ["finalizers values"],
  /** Texts by any key. */
  map: ["annotations hard labels limits matchLabels nodeSelector requests used"],
  text: [
    "acquireTime averageValue conditionType continue container creationTimestamp currentRevision deletionTimestamp",
    "eventTime finishedAt firstTimestamp holderIdentity image imageID key kind lastObservedTime lastScaleTime",
    "lastSuccessfulTime lastTimestamp lastTransitionTime lastUpdateTime message name namespace nodeName operator phase",
    "podManagementPolicy priorityClassName reason renewTime reportingComponent resourceVersion restartPolicy startTime",
    "startedAt subresource time type uid updateRevision value",
  ],
  /** Numbers of 64 bits; a double holds some of them nearly. */
  long: ["deletionGracePeriodSeconds generation observedGeneration terminationGracePeriodSeconds"],
  count: [
    "availableReplicas averageUtilization completions count currentHealthy currentReplicas desiredHealthy",
    "desiredNumberScheduled desiredReplicas disruptionsAllowed exitCode expectedPods failed failureThreshold",
    "initialDelaySeconds leaseDurationSeconds leaseTransitions maxReplicas minReadySeconds minReplicas numberAvailable",
    "numberReady partition periodSeconds progressDeadlineSeconds readyReplicas replicas restartCount revision succeeded",
    "updatedNumberScheduled updatedReplicas",
  ],
  flag: ["controller paused suspend unschedulable"],
  /** An object, but a text in a condition, in the status of a scale, and in the answer to a delete. */
  either: ["selector status"],
  /** A list of anything: what a printer makes of an object. */
  list: ["cells"],
} as const;

type Shape = keyof typeof FIELDS;

const SHAPES: ReadonlyMap<string, Shape> = new Map(
  (Object.entries(FIELDS) as [Shape, readonly string[]][]).flatMap(([shape, names]) =>
    names.flatMap((line) => line.split(" ")).map((name) => [name, shape] as const),
  ),
);

/** What the API requires of the objects in a field. */
const REQUIRED: Readonly<Partial<Record<string, readonly string[]>>> = {
  columnDefinitions: ["name"],
  conditions: ["status", "type"],
  containerStatuses: ["name"],
  ephemeralContainerStatuses: ["name"],
  initContainerStatuses: ["name"],
  metric: ["name"],
  ownerReferences: ["kind", "name", "uid"],
  rows: ["cells"],
  scaleTargetRef: ["kind", "name"],
};

/** What the API requires of a spec, by resource, and whether an object may be without one. */
const SPECS: readonly { resource: RegExp; optional: boolean; fields: readonly string[] }[] = [
  {
    resource: /\/horizontalpodautoscalers(\/[^/]+)?$/,
    optional: false,
    fields: ["maxReplicas", "scaleTargetRef"],
  },
  {
    resource: /\/(deployments|replicasets|statefulsets|daemonsets)(\/[^/]+)?$/,
    optional: true,
    fields: ["template"],
  },
];

/** Deeper than any object of these kinds. */
const MAX_DEPTH = 20;

/**
 * The first field of an answer that is missing, or is not what the API has there, as a path; undefined when there is none.
 * An API server makes no such answer; something else that stands in its place may.
 * @param path the API path of the object, or of the collection that it is in
 */
export function misfit(answer: object, path: string): string | undefined {
  const rule = SPECS.find(({ resource }) => resource.test(path));
  const { items } = answer as { items?: unknown };
  const objects = Array.isArray(items) ? items.filter(isObject) : [answer];
  const lacking = rule === undefined ? [] : objects.map((object) => missingInSpec(object, rule));
  return lacking.find((field) => field !== undefined) ?? firstMisfit(answer, 0);
}

function missingInSpec(object: object, { optional, fields }: (typeof SPECS)[number]): string | undefined {
  const { spec } = object as { spec?: unknown };
  if (spec === undefined) return optional ? undefined : "spec";
  const field = isObject(spec) ? missing(spec, fields) : undefined;
  return field === undefined ? undefined : `spec.${field}`;
}

function firstMisfit(object: object, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return "too deep";
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    const shape = SHAPES.get(name);
    if (shape === undefined || (value === null && (NULLABLE.includes(shape) || ABSENT.includes(name)))) continue;
    if (!IS[shape](value)) return name;
    for (const each of below(shape, value)) {
      const required = REQUIRED[name] ?? [];
      // The status of a condition is a word; that of an object is not.
      const wrong = name === "conditions" && !isText((each as { status?: unknown }).status) ? "status" : undefined;
      const found = missing(each, required) ?? wrong ?? firstMisfit(each, depth + 1);
      if (found !== undefined) return `${name}.${found}`;
    }
  }
  return undefined;
}

function missing(object: object, fields: readonly string[]): string | undefined {
  const present = object as Record<string, unknown>;
  return fields.find((field) => !Object.hasOwn(object, field) || present[field] === null);
}

/** Objects that an answer may be without: the rows of a Table carry none when none are asked for. */
const ABSENT: readonly string[] = ["metadata", "object"];

/** Lists that were never filled, and times that were never set, are written as null. */
const NULLABLE: readonly Shape[] = ["objects", "texts", "map", "text"];

/** The objects in a field that is what it should be. */
function below(shape: Shape, value: unknown): object[] {
  if (shape === "objects") return value as object[];
  return (shape === "object" || shape === "either") && isObject(value) ? [value] : [];
}

const IS: Readonly<Record<Shape, (value: unknown) => boolean>> = {
  object: isObject,
  objects: (value) => Array.isArray(value) && value.every(isObject),
  texts: (value) => Array.isArray(value) && value.every(isText),
  map: (value) => isObject(value) && Object.values(value).every(isText),
  text: isText,
  long: Number.isInteger,
  count: Number.isSafeInteger,
  flag: (value) => typeof value === "boolean",
  either: (value) => isObject(value) || isText(value),
  list: Array.isArray,
};

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
