import { describe, expect, test } from "vitest";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Observation } from "./invariants.ts";
import { observed, PATCHED, WEB, workload } from "./observed.ts";
import { stopViolations, type Stopped } from "./stop-invariants.ts";

const AFTER = { "deployments/web": { ...WEB, spec: { replicas: 2, template: { image: "web:2" } } } };

function toldOfTheStop(text = "A remedy may still be in place."): Notification {
  return { text, report: { outcome: "Unresolved", cause: "RunFailed" }, document: { summary: text } } as never;
}

function first(more: Partial<Observation> = {}): Observation {
  return observed({ result: { status: "aborted" }, workloads: [], notifications: [toldOfTheStop()], ...more });
}

const held = workload({ outcome: "Skipped", reason: "AlreadyClaimed", summary: "It is being looked after by run-1." });
const second = observed({ workloads: [held], notifications: [], requests: [], after: AFTER });
const healthy = observed({ workloads: [], outcomes: ["Healthy"], notifications: [], requests: [], after: AFTER });

/** A run that tells that it works again. */
const over = workload({ outcome: "Skipped", reason: "NotFailingAnymore" });
const worksAgain = observed({ workloads: [over], requests: [], after: AFTER });
const asked = { ...worksAgain.situation, request: { action: "approve" } };
const askedAgain = { ...worksAgain, situation: asked } as Observation;

/** A scan that leaves out so many workloads for being claimed. */
const leftOut = (claimed: number) =>
  observed({
    ...{ workloads: [], outcomes: ["Skipped"], notifications: [], requests: [], after: AFTER },
    result: { status: "succeeded", output: { resting: { claimed } } },
  });

function stopped(more: Partial<Stopped> = {}): Stopped {
  return { first: first(), holder: "run-1", second, third: healthy, ...more };
}

describe("a stop keeps the promises when", () => {
  test.each<[string, Partial<Stopped>]>([
    ["its change stands and holds, and whoever comes meanwhile learns of the holder", {}],
    ["whoever comes meanwhile leaves it out as claimed", { second: leftOut(1) }],
    ["people are told that it works again", { third: worksAgain }],
    ["everybody who asks for it is told that it works again", { second: askedAgain, third: askedAgain }],
    ["it had done nothing, and the third does it all", { first: first({ requests: [] }), third: observed({}) }],
    [
      "nobody held the claim, and the second does it all",
      { first: first({ requests: [] }), holder: undefined, second: observed({}) },
    ],
  ])("%s", (_name, more) => {
    expect(stopViolations(stopped(more))).toEqual([]);
  });
});

describe("a stop breaks a promise when", () => {
  test.each<[string, string, Partial<Stopped>]>([
    ["nobody is told of it", "told", { first: first({ notifications: [] }) }],
    ["it is told twice", "told", { first: first({ notifications: [toldOfTheStop(), toldOfTheStop()] }) }],
    [
      "it is said that nothing was done",
      "told",
      {
        first: first({ notifications: [toldOfTheStop("No workload was remediated; a remedy may still be in place.")] }),
      },
    ],
    ["the second works on a workload that is held", "claim", { second: observed({ requests: PATCHED }) }],
    ["the second does not name the holder", "claim", { holder: "run-7" }],
    ["the second says nothing of it", "claim", { second: leftOut(0) }],
    ["the claim does not expire", "claim", { third: second }],
    ["the third calls well what is not", "accounted", { third: { ...healthy, amiss: "it crashes" } }],
    ["people are told twice that it works again", "told", { second: worksAgain, third: worksAgain }],
    ["the third calls well again what is not", "accounted", { third: { ...worksAgain, amiss: "it crashes" } }],
    ["the third does again what the first did", "no-repeat", { third: observed({}) }],
  ])("%s: %s", (_name, invariant, more) => {
    expect(stopViolations(stopped(more)).map((each) => each.invariant)).toContain(invariant);
  });
});
