import { podsMadeFrom, type Case } from "../facts/case.ts";
import { claimsOf } from "../facts/going-claims.ts";
import type { NeededBefore } from "../facts/evidence.ts";
import { badNode, joinedSince } from "../facts/one-node.ts";
import { cutOff, isReachedOtherwise } from "../facts/services.ts";
import { kindOf } from "../kinds/kinds.ts";
import { isAskedFor } from "../run/asked-for.ts";
import type { RevisionRef } from "../shared/refs.ts";
import { containersOf } from "../shared/kubernetes/containers.ts";
import type { Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import { some } from "../shared/text.ts";
import { lacksAmounts } from "./amounts-before.ts";
import { failedOfItself } from "./failed-before.ts";
import { lacksKeys } from "./keys-before.ts";
import { beyondLimits } from "./limit-range.ts";
import { violatesLevel } from "./level-before.ts";
import { mayBeMigrated } from "./migrated.ts";
import { tagMoved } from "./moved-tag.ts";
import { ranOnVolumes } from "./ran-on-volumes.ts";
import { quantity } from "../shared/kubernetes/quantity.ts";

/** How many names a sentence holds. */
const NAMED = 3;

/** Where the way back may lead, and the pod templates at both ends. */
interface Return {
  facts: Case;
  to: RevisionRef;
  present: PodTemplate;
  earlier: PodTemplate;
}

/**
 * Why going back to an earlier template is nothing to be done by itself, in sentences; undefined where nothing speaks against it:
 * what fails is not in the template, its pods could not be started, what reaches the pods would reach them no more, or what is on their
 * volumes may be another's.
 * Who asks for exactly that has chosen it, save where no pod would start or what is on a volume may be lost; what somebody wants taken back
 * is, whether or not that runs.
 * @param isAlone whether the workload goes back alone, without what was released with it
 */
export function whyNotBack(facts: Case, to: RevisionRef, isAlone: boolean): string | undefined {
  const earlier = facts.templates.get(to.name);
  // Of a workload whose template is in another object, what its controller has made of that tells it.
  const present = facts.evidence.workload?.spec?.template ?? facts.templates.get(facts.current?.name ?? "");
  if (present === undefined || earlier === undefined) return undefined;
  const { incident } = facts.evidence;
  const way = { facts, to, present, earlier };
  if (isAskedFor(incident)) {
    if (incident.requested?.action === "undo") return undefined;
    return losesClaims(facts, to) ?? letsNoneIn(way) ?? (isAlone ? whyNotStarted(way) : undefined);
  }
  return (
    losesClaims(facts, to) ??
    addedToPods(way) ??
    tagMoved(facts, to, present, earlier) ??
    failsOnOneNode(facts) ??
    failsOnNewNodes(facts) ??
    limitedByOthers(way) ??
    failedOfItself(facts, to) ??
    letsNoneIn(way) ??
    lacksAmounts(facts, to, earlier) ??
    (isAlone ? (whyNotStarted(way) ?? mayNotPull(way) ?? leavesServices(way)) : undefined) ??
    ranOnVolumes(facts, to, present, earlier) ??
    mayBeMigrated(facts, to)
  );
}

/** That the namespace lets none of the revision's pods in by now, in sentences. */
function letsNoneIn({ facts, to, earlier }: Return): string | undefined {
  const beyond = beyondLimits(facts, earlier);
  if (beyond === undefined) return violatesLevel(facts, to, earlier);
  return `Not rolled back: ${beyond} in revision ${to.revision}: none of its pods is made. Have the LimitRange changed first and ask for the rollback then, or roll forward with a mended template.`;
}

/**
 * That pods of the revision could not be made or started, since there is not what they need, in sentences; undefined where
 * nothing is known to be missing.
 */
function whyNotStarted({ facts, to, present, earlier }: Return): string | undefined {
  const before = neededBy(facts, to);
  const missing = [...(before?.absent ?? []), ...(before?.objects ?? []).filter(({ state }) => state === "missing")];
  if (missing.length === 0) return lacksKeys(facts, to, present, earlier);
  const names = some(
    missing.map(({ kind, name }) => `${kind} ${name}`),
    NAMED,
  );
  const [does, is, it] = missing.length === 1 ? ["does", "is", "it"] : ["do", "are", "them"];
  const isAnyGoing = missing.some((object) => "isGoing" in object && object.isGoing);
  const lack = isAnyGoing ? `${is} being deleted, or ${does} not exist` : `${does} not exist`;
  return `Not rolled back: ${names} ${lack}, and no pod of revision ${to.revision} starts without ${it}. Restore ${it} first and ask for the rollback then, or roll forward with a mended template.`;
}

/** Whether the images of the revision can be pulled without what they were pulled with, a registry and the nodes know alone. */
function mayNotPull({ facts, to }: Return): string | undefined {
  const missing = (neededBy(facts, to)?.pullSecrets ?? []).filter(({ state }) => state === "missing");
  if (missing.length === 0) return undefined;
  const [secret, does, it] = missing.length === 1 ? ["Secret", "does", "it"] : ["Secrets", "do", "them"];
  const names = some(
    missing.map(({ name }) => name),
    NAMED,
  );
  return `Not rolled back: ${secret} ${names}, which the images of revision ${to.revision} are to be pulled with, ${does} not exist, and whether they can be pulled without ${it} is not known. Restore ${it} first, or ask for the rollback where that is known.`;
}

function neededBy({ evidence: { neededBefore } }: Case, to: RevisionRef): NeededBefore | undefined {
  return neededBefore?.revision === to.name ? neededBefore : undefined;
}

/** Somebody has deleted a claim of the pods that going back replaces, which is there only as long as they are. */
function losesClaims({ evidence: { goingClaims = [], pods, incident } }: Case, to: RevisionRef): string | undefined {
  const history = kindOf(incident.workload)?.history;
  const replaced = pods.filter((pod) => history?.isMadeFrom(pod, to.name) !== true);
  const used = new Set(replaced.flatMap(claimsOf));
  const going = goingClaims.filter((name) => used.has(name));
  if (going.length === 0) return undefined;
  const [claim, is, it] = going.length === 1 ? ["claim", "is", "it"] : ["claims", "are", "them"];
  return `Not rolled back: ${claim} ${some(going, NAMED)} of its pods ${is} being deleted, and only pods that use ${it} hold that up: what is on the volume may go with the pods that are replaced. Save that first.`;
}

/** What fails is in none of the templates: something adds it to each pod, also to those of another revision. */
function addedToPods({ facts: { ofCurrent }, present, earlier }: Return): string | undefined {
  const failing = ofCurrent.map(({ failures }) => failures);
  const names = new Set(failing.flat().flatMap(({ container }) => container ?? []));
  const known = new Set([...containersOf(present), ...containersOf(earlier)].map(({ name }) => name));
  const isAll = failing.length > 0 && failing.flat().every(({ container }) => container !== undefined);
  if (!isAll || names.size === 0 || [...names].some((name) => known.has(name))) return undefined;
  const which = some([...names], NAMED);
  return `Not rolled back: container ${which}, which fails, is in no pod template. Something adds it to each pod when that is made, and would add it to pods of another revision, too: look at that (a mesh, an agent, a mutating webhook).`;
}

/** Every other node would lose what runs well there. */
function failsOnOneNode(facts: Case): string | undefined {
  const bad = badNode(facts);
  if (bad === undefined) return undefined;
  return `Not rolled back: it fails on node ${bad.node} alone, and pods of the same revision run well on ${bad.readyElsewhere} others. Look at that node: kubectl describe node ${bad.node}.`;
}

/** What fails are nodes that the rollout did not find, and others would lose what is ready there. */
function failsOnNewNodes(facts: Case): string | undefined {
  const joined = joinedSince(facts);
  if (joined === undefined) return undefined;
  const { nodes, unread, readyElsewhere } = joined;
  const [node, has] = nodes.length === 1 ? ["node", "has"] : ["nodes", "have"];
  const others = readyElsewhere === 1 ? "1 other node" : `${readyElsewhere} other nodes`;
  const which =
    unread === 0
      ? `${node} ${some(nodes, NAMED)} alone, which ${has}`
      : `${nodes.length + unread} nodes alone, of which each that was looked at (${some(nodes, NAMED)}) has`;
  return `Not rolled back: it fails on ${which} joined since the present revision was rolled out, and its pods are ready on ${others}. Compare the new with the others: their processor (kubectl get nodes -L kubernetes.io/arch), their image, what is on them. Where the image is not built for them, build it for them as well, or keep its pods from them by a selector.`;
}

/**
 * What fails reached a memory limit that its template does not set, and that pods of the earlier revision were made without:
 * something has given it to each pod since, and the two templates do not differ in it.
 */
function limitedByOthers({ facts, to, present, earlier }: Return): string | undefined {
  const { ofCurrent } = facts;
  const before = podsMadeFrom(facts, to.name);
  const failing = ofCurrent.flatMap(({ pod, failures }) => failures.map((failure) => ({ pod, failure })));
  if (failing.length === 0 || before.length === 0) return undefined;
  const limits = failing.map(({ pod, failure: { container, outOfMemory } }) => {
    const [limit, own, then] = [pod, present, earlier].map((of) => memoryLimit(of, container));
    const isGiven = limit !== undefined && !isSameLimit(limit, own) && isSameLimit(own, then);
    const isNew = before.every((pod) => !isSameLimit(memoryLimit(pod, container), limit));
    return outOfMemory === undefined || !isGiven || !isNew ? undefined : { container, limit, own };
  });
  const [first] = limits;
  if (first === undefined || limits.includes(undefined)) return undefined;
  return limitedWords(first, to);
}

/** A container that ran out of memory at a limit which is not its template's, if that sets one at all. */
interface Limited {
  container: string | undefined;
  limit: string | undefined;
  own: string | undefined;
}

function limitedWords({ container, limit, own }: Limited, to: RevisionRef): string {
  const [beside, alike, look] =
    own === undefined
      ? [
          "which its template does not set",
          "sets no other",
          "(the default of a LimitRange, an autoscaler, a mutating webhook), or set a limit in the template",
        ]
      : [`where its template sets ${own}`, "sets the same as the present one", "(an autoscaler, a mutating webhook)"];
  return `Not rolled back: container ${container} ran out of memory at a limit of ${limit}, ${beside}. Pods of revision ${to.revision} that were made before do not have that limit, and new ones may get it as well, as their template ${alike}. Look at what gives it to pods ${look}.`;
}

function memoryLimit(of: PodTemplate | Pod, container: string | undefined): string | undefined {
  return containersOf(of).find(({ name }) => name === container)?.resources?.limits?.["memory"];
}

function isSameLimit(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined ? a === b : quantity(a) === quantity(b);
}

/** A Service selects the present pods by what those of the earlier template do not have. */
function leavesServices({ facts, to, present, earlier }: Return): string | undefined {
  const { services } = facts.evidence;
  if (services === "not asked") return undefined;
  const which = `the pods of revision ${to.revision}`;
  if (services === "forbidden") {
    if (!isReachedOtherwise(present, earlier)) return undefined;
    return `Not rolled back: ${which} have other labels, or other names of ports, and which Services that matters to is not known, since they may not be listed. Apply the manifest with the functions' permissions again.`;
  }
  const names = cutOff(services, present, earlier).map(({ metadata }) => metadata?.name ?? "");
  if (names.length === 0) return undefined;
  const service = names.length === 1 ? "Service" : "Services";
  return `Not rolled back: ${service} ${some(names, NAMED)} ${names.length === 1 ? "reaches" : "reach"} the present pods by labels, or names of ports, that ${which} do not have, and would lead nowhere. Go back with both, the workload and ${service} ${some(names, NAMED)}.`;
}
