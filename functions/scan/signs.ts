import { IMAGE_REASONS, registryOf } from "../facts/image.ts";
import type { Incident } from "../run/contracts.ts";
import { MOST_SIGNS, signOf } from "../shared/signs.ts";
import type { Counted } from "./extent.ts";
import { inTurn } from "./fair.ts";
import { markOf } from "./mark.ts";
import { workloadKey, type FailingPod } from "./incidents.ts";

/** How many signs a workload has at most. */
const MOST_OF_WORKLOAD = 3;

/** An image that something fails with, and whether it is its pull that fails. */
interface FailingImage {
  namespace: string;
  image: string;
  isPull: boolean;
}

/** The incidents with their signs, of those that have any: what they may have in common with those of other clusters. */
export function withSigns(incidents: readonly Incident[], failing: readonly Counted[]): Incident[] {
  const podsOf = new Map(failing.map(({ incident, pods }) => [workloadKey(incident.workload), pods]));
  return incidents.map((incident) => {
    const signs = signsOfWorkload(podsOf.get(workloadKey(incident.workload)) ?? []);
    return signs.length === 0 ? incident : { ...incident, signs };
  });
}

function signsOfWorkload(pods: readonly FailingPod[]): string[] {
  const images = imagesOf(pods);
  const pulled = images.filter(({ isPull }) => isPull);
  const all = [...pulled.map(({ image }) => signOf("registry", registryOf(image))), ...images.map(signOfImage)];
  return [...new Set(all)].slice(0, MOST_OF_WORKLOAD);
}

/**
 * The signs of a cluster, of each namespace in turn. A registry is one where several images of several namespaces cannot be
 * pulled from it: one namespace alone says nothing of what others need. Of many, each cluster keeps the same ones.
 */
export function signsOfCluster(failing: readonly Counted[], isStorm: boolean): string[] {
  const images = failing.flatMap(({ pods }) => imagesOf(pods));
  const sorted = images.toSorted((a, b) => (markOf(signOfImage(a)) < markOf(signOfImage(b)) ? -1 : 1));
  const signs = [
    ...(isStorm ? [signOf("storm")] : []),
    ...registriesOf(images),
    ...inTurn(sorted, ({ namespace }) => namespace).map(signOfImage),
  ];
  return [...new Set(signs)].slice(0, MOST_SIGNS);
}

function registriesOf(images: readonly FailingImage[]): string[] {
  const pulled = Map.groupBy(
    images.filter(({ isPull }) => isPull),
    ({ image }) => registryOf(image),
  );
  return [...pulled]
    .filter(([, of]) => [of.map(({ image }) => image), of.map(({ namespace }) => namespace)].every(areSeveral))
    .map(([host]) => signOf("registry", host))
    .sort();
}

function areSeveral(names: readonly string[]): boolean {
  return new Set(names).size > 1;
}

function imagesOf(pods: readonly FailingPod[]): FailingImage[] {
  return pods.flatMap(({ workload: { namespace }, failures, facts }) => {
    if (facts?.image === undefined) return [];
    return [{ namespace, image: facts.image, isPull: failures.some(({ reason }) => IMAGE_REASONS.has(reason)) }];
  });
}

function signOfImage({ image, isPull }: FailingImage): string {
  return signOf(isPull ? "pull" : "run", sharedName(image));
}

/** Amazon ECR has a registry for each account and region, to which the same images are copied. Source: docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\//;

/** An image as clusters of several accounts and regions have it in common. */
function sharedName(image: string): string {
  return image.replace(ECR, "*.dkr.ecr.*/");
}
