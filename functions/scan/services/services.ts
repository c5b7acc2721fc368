import { paths } from "../../shared/cluster/paths.ts";
import { isOlderThan, type Failure } from "../../shared/kubernetes/failures.ts";
import { selectorText } from "../../shared/kubernetes/label-selector.ts";
import type { EndpointSlice, Hpa, Ingress, ObjectMeta, Pod, Service } from "../../shared/kubernetes/types.ts";
import type { Policy } from "../../shared/policy.ts";
import { inTurn } from "../fair.ts";
import type { FailingWorkload } from "../incidents.ts";
import { look } from "../look.ts";
import type { Places } from "../places.ts";
import type { View } from "../view.ts";
import { problem, selectorProblem, type Patience } from "./decide.ts";
import { told, type Found } from "./found.ts";
import { idleHpas } from "./idle-hpas.ts";
import { lookAtIngresses } from "./ingresses.ts";
import { readMakers, type Maker } from "./makers.ts";
import { eachPlace, servicesIn } from "./list.ts";
import { portProblem } from "./ports.ts";
import { backendsOf, isLeftAlone } from "./quiet.ts";
import { doubtsOf, sliceSuspects, writtenAt, type Doubt } from "./slices.ts";

/** How many Services of a scan are looked at closely: those that came into doubt last, and those that were written last. */
const MAX_DOUBTS = 20;
const MAX_WRITTEN = 10;
/** How long after a Service was written its ports are held to what its pods declare, in seconds. */
const WRITTEN_SECONDS = 3_600;
/** How many pods of one Service are read; one with more is taken for well. */
const MAX_PODS = 100;

/** Where and when a scan looks at Services. */
export interface ServiceScan {
  places: Places;
  hpas: readonly Hpa[];
  policy: Policy;
  now: Date;
}

/**
 * Finds the Services that send to nobody, the Ingresses that send to no Service, and the HPAs that are switched off by a
 * target at zero. Where all is well that takes three requests: for the Services and the Ingresses, and for the rows of the
 * EndpointSlices, which tell what Kubernetes itself found behind each Service. What cannot be seen becomes a blind spot.
 */
export async function findServiceProblems(view: View, scan: ServiceScan): Promise<FailingWorkload[]> {
  const { places, hpas, policy, now } = scan;
  const patience: Patience = { now, short: policy.detect.short_seconds, long: policy.report_after_seconds };
  const found = await view.each(eachPlace(places), async (place) => {
    const isHere = ({ metadata }: { metadata?: ObjectMeta }) => place.includes(metadata?.namespace ?? "");
    const [services, ingresses] = await Promise.all([
      servicesIn(view, place),
      view.listIn<Ingress>("Ingresses", paths.ingresses, place, { telling: false }),
    ]);
    if (services === undefined) return [];
    const context: Context = {
      services: services.filter(isHere),
      ingresses: ingresses.flatMap((list) => list ?? []).filter(isHere),
      makers: new Map(),
    };
    return [
      ...(await lookAtServices(view, place, context, scan, patience)),
      ...(await lookAtIngresses(view, context.ingresses, context.services, patience)),
    ];
  });
  const problems = found.flat();
  const idle = await idleHpas(view, hpas, problems, patience);
  return await told(view, [...problems, ...idle], policy);
}

/** What was read of one place. */
interface Context {
  services: readonly Service[];
  ingresses: readonly Ingress[];
  makers: Map<string, Promise<Maker[]>>;
}

async function lookAtServices(
  view: View,
  { parts: [place], everywhere }: Places,
  context: Context,
  scan: ServiceScan,
  patience: Patience,
): Promise<Found[]> {
  const watched = context.services.filter((service) => !isLeftAlone(service));
  if (watched.length === 0) return [];
  const what = `EndpointSlices${place === undefined ? "" : ` in namespace ${place}`}`;
  const path = paths.endpointSlices(place);
  const keep = (slice: EndpointSlice): EndpointSlice => ({ ...slice, endpoints: (slice.endpoints ?? []).slice(0, 1) });
  const slices = await view.tryTo(
    what,
    () => look(view, { what, place, isBeside: true }, path, sliceSuspects(watched), keep, everywhere),
    {
      place,
      telling: false,
      optionalApi: paths.endpointSlices(),
    },
  );
  const isRipe = ({ since }: Doubt) => isOlderThan(since, patience.short, patience.now);
  const doubts = newest(doubtsOf(slices?.suspects ?? [], watched).filter(isRipe), MAX_DOUBTS);
  const doubted = new Set(doubts.map(({ service }) => service));
  const written = watched
    .filter((service) => !doubted.has(service) && (service.spec?.ports ?? []).length > 0)
    .map((service) => ({ service, since: writtenAt(service.metadata) }))
    .filter((each) => isRipe(each) && !isOlderThan(each.since, WRITTEN_SECONDS, patience.now));
  return await view.each([...doubts, ...newest(written, MAX_WRITTEN)], async ({ service, since }) => {
    const { namespace = "", name = "" } = service.metadata ?? {};
    const look = () => lookAtService(view, { service, since }, context, scan, patience);
    const failure = await view.tryTo(`what is behind Service ${namespace}/${name}`, look, {
      place: namespace,
      telling: false,
    });
    return { kind: "Service" as const, object: service, failure };
  });
}

/** The newest, of each namespace in turn: whoever makes many in one of them does not hide those of the others. */
function newest(doubts: readonly Doubt[], limit: number): Doubt[] {
  const sorted = doubts.toSorted((a, b) => (a.since < b.since ? 1 : -1));
  return inTurn(sorted, ({ service }) => service.metadata?.namespace ?? "").slice(0, limit);
}

async function lookAtService(
  view: View,
  { service, since }: Doubt,
  { ingresses, makers }: Context,
  { hpas }: ServiceScan,
  patience: Patience,
): Promise<Failure | undefined> {
  const { namespace = "", name = "" } = service.metadata ?? {};
  const labelSelector = selectorText({ matchLabels: service.spec?.selector ?? {} });
  const pods = await view.cluster.listSmall<Pod>(paths.pods(namespace), MAX_PODS, { labelSelector });
  if (pods === undefined) return undefined;
  if (pods.length > 0) {
    const said = portProblem(service, pods);
    return said === undefined ? undefined : problem("NoSuchTargetPort", said, since);
  }
  const reading = makers.get(namespace) ?? readMakers(view, namespace);
  makers.set(namespace, reading);
  const unserved = {
    service,
    since,
    makers: await reading,
    hpas: hpas.filter(({ metadata }) => metadata?.namespace === namespace),
    ingresses: ingresses
      .filter((ingress) => ingress.metadata?.namespace === namespace && backendsOf(ingress).includes(name))
      .map(({ metadata }) => metadata?.name ?? ""),
  };
  return selectorProblem(unserved, patience);
}
