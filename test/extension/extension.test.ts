import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../infra/rbac.ts";
import { compareWith, listedUnder } from "./contributing.ts";
import { Copy } from "./copy.ts";

/** What a scenario came to, as play.ts prints it. */
interface Played {
  comparison: { expected: object; actual: object };
  missed: string[];
  states: string[];
  summaries: string[];
  documents: {
    changed: string[];
    commands: string[];
    take_back: string[];
    done: string[];
    verified: string;
    next_steps: string[];
  }[];
  lines: string[];
  rows: string[];
  report: string;
  events: string[];
  notPermitted: string[];
}

/** What the probes in `remedy/tree` and `kind/tree` print. */
type Printed = Record<string, unknown>;

/** How the added remedy says that it is undone. */
const UNDO = 'undo: { name: "Undo selector", comment: "Only while the selector is as the remedy left it." }';
const SCENARIOS = ["selector-in-vain", "selector-helps", "selector-edited-meanwhile"];
const IRREVERSIBLE = ["irreversible-then-another", "irreversible-and-reported"];
const changed: Record<"cause" | "remedy" | "kind", string[]> = { cause: [], remedy: [], kind: [] };
let guards: Printed;
let release: Printed;
let stack: Printed;
let played: Record<string, Played>;
let rbac: Manifest[];
let workflow: string;
let failureModes: string;
let policy: string;

const copy = new Copy();
beforeAll(async () => {
  for (const addition of ["cause", "remedy", "kind"] as const) {
    copy.add(addition);
    await copy.generate();
    changed[addition] = copy.changedFiles();
  }
  const read = async (file: string, ...args: string[]) => JSON.parse(await copy.run(file, ...args)) as object;
  [guards, release, stack, played] = (await Promise.all([
    read("test/extension/selector-guards.ts"),
    read("test/extension/release.ts"),
    read("test/extension/selector-stack.ts"),
    read("test/extension/play.ts", ...SCENARIOS),
  ])) as [Printed, Printed, Printed, typeof played];
  rbac = parseAllDocuments(copy.read("infra/rbac.yaml")).map((document) => document.toJS() as Manifest);
  [workflow, failureModes, policy] = ["docs/workflow.md", "docs/failure-modes.md", "docs/policy.md"].map((file) =>
    copy.read(file),
  ) as [string, string, string];

  const [contract, remedy] = ["contract", "remedy"].map((name) => `functions/remedies/service-selector/${name}.ts`);
  copy.replace(contract ?? "", UNDO, 'undo: "cannot be undone"');
  copy.replace(remedy ?? "", "undo: { back, remains }", 'undo: "cannot be undone"');
  copy.add("irreversible");
  await copy.generate();
  Object.assign(played, await read("test/extension/play.ts", ...IRREVERSIBLE));
});
afterAll(() => {
  copy.remove();
});

/** What the roles of a function allow in the whole cluster. */
function rulesOf(step: string) {
  return rbac.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === `eks-remediation:${step}`)
    ?.rules;
}

const services = (...verbs: string[]) => ({ apiGroups: [""], resources: ["services"], verbs });

describe("what an addition changes of the product", () => {
  it.each([
    ["cause", "Adding a cause", 1],
    ["remedy", "Adding a remedy", 17],
    ["kind", "Adding a kind of workload", 8],
  ] as const)("is for a %s what CONTRIBUTING.md lists, and no more files than that", (addition, heading, limit) => {
    expect(compareWith(listedUnder(heading), changed[addition])).toEqual({ unlisted: [], unchanged: [] });
    expect(changed[addition].length).toBeLessThanOrEqual(limit);
  });

  it("is told in what is generated", () => {
    expect(failureModes).toContain("## TokenRefused");
    expect(failureModes).toContain("## ServiceSelectsNothing");
    expect(policy).toContain("restore-selector `observe`");
    expect(policy).toMatch(/`selector\.max_labels` +\| `5` +\| A selector with more labels/);
  });
});

describe("an added remedy is routed", () => {
  it.each(SCENARIOS)("and plays %s as expected", (name) => {
    const { comparison, missed } = played[name] as Played;

    expect(comparison.actual).toEqual(comparison.expected);
    expect(missed).toEqual([]);
  });

  it("by its request as well", () => {
    const { asked, askedForNone, request } = guards;

    expect(asked).toMatchObject({ action: "restore-selector", service: "web", before: { app: "wbe" } });
    expect(askedForNone).toMatchObject({ action: "none", message: expect.stringContaining("Service api") as string });
    expect(request).toMatchObject({ action: "restore_selector", service_name: "web" });
  });
});

describe("an added remedy is guarded", () => {
  it("where nothing speaks against it, not at all", () => {
    const plan = { action: "restore-selector", service: "web", before: { app: "wbe" }, after: { app: "web" } };
    expect(guards["chosen"]).toMatchObject({ cause: "ServiceSelectsNothing", remedy: plan });
  });

  it.each([
    ["argo", "where Argo CD owns the object", "ManagedByAnotherTool"],
    ["flux", "where Flux owns it", "ManagedByAnotherTool"],
    ["helm", "where Helm owns it", "ManagedByAnotherTool"],
    ["controlled", "where another object controls it", "ManagedByAnotherTool"],
    ["beingDeleted", "where it is being deleted", "BeingDeleted"],
    ["workloadOut", "where the workload has opted out", "OptedOut"],
    ["namespaceOut", "where the namespace has opted out", "OptedOut"],
    ["serviceOut", "where the object itself has opted out", "OptedOut"],
    ["unread", "where the object was not read", "NoSafeRemedy"],
    ["byDefault", "by the mode that it has where the policy says nothing", "DiagnoseOnly"],
    ["off", "by the mode that the policy gives it", "ActionOff"],
    ["inVain", "after it was tried in vain", "NoSafeRemedy"],
  ])("%s: %s", (which, _where, refusal) => {
    expect(guards[which]).toMatchObject({ refusal });
  });

  it("by the writer, which writes to what the plan names alone", () => {
    expect(guards["elsewhere"]).toBe("InvalidStepInput after 0 requests");
    expect(guards["applied"]).toMatchObject({
      answer: { status: "applied" },
      writes: [
        // What it is about to do, then that it has begun.
        expect.stringMatching(/^PUT .*leases/) as string,
        expect.stringMatching(/^PUT .*leases/) as string,
        "PATCH /api/v1/namespaces/shop/services/web",
        "POST /api/v1/namespaces/shop/events",
      ],
    });
  });

  it("by a dry run, an expired claim, and who opts out in the last moment", () => {
    expect(guards["dryRun"]).toMatchObject({
      answer: { status: "planned", message: expect.stringMatching(/^Would restore/) as string },
      writes: ["PATCH /api/v1/namespaces/shop/services/web dryRun"],
    });
    expect(guards["claimExpired"]).toMatchObject({ answer: { error: "ClaimExpired" }, writes: [] });
    const { answer, writes } = guards["outMeanwhile"] as { answer: object; writes: string[] };
    expect(answer).toEqual({ error: "OptedOut" });
    expect(writes.filter((write) => write.startsWith("PATCH"))).toEqual([]);
  });
});

describe("an added remedy is undone", () => {
  it("where it does not help, and reported so", () => {
    const { summaries, documents } = played["selector-in-vain"] as Played;

    expect(summaries).toEqual([expect.stringMatching(/It did not help: .* has its selector app=wbe back\.$/)]);
    expect(documents).toMatchObject([{ changed: [], verified: "yes: it is as it was before" }]);
  });

  it("not where somebody changed the object since", () => {
    const { summaries, documents } = played["selector-edited-meanwhile"] as Played;

    expect(summaries).toEqual([
      expect.stringMatching(/The remedy was not undone\. .*somebody else changed Service web\.$/),
    ]);
    expect(documents).toMatchObject([{ verified: expect.stringMatching(/^yes: it did not recover/) as string }]);
  });

  it.each(IRREVERSIBLE)("not where it says that it cannot be: %s", (name) => {
    const { comparison, states, documents } = played[name] as Played;

    expect(comparison.actual).toEqual(comparison.expected);
    expect(states).toEqual(expect.arrayContaining(["Restore selector", "Diagnose again"]));
    expect(documents[0]?.changed[0]).toBe("Service web: selector app=wbe before, app=web now");
    expect(JSON.stringify(played[name])).not.toMatch(/A restart|was undone|Undo selector/);
  });

  it("by a person, who is told how, where the workflow cannot", () => {
    expect(played["irreversible-and-reported"]?.summaries).toEqual([
      expect.stringMatching(/It did not help: .*rollback/),
    ]);
    const [document] = (played["irreversible-and-reported"] as Played).documents;
    expect(document).toMatchObject({
      verified: expect.stringMatching(/^yes: it did not recover/) as string,
      next_steps: ["Look at it now: it still fails.", "What was done is still in place."],
    });
    expect(document?.take_back.at(-1)).toContain("patch service web");
  });
});

describe("an added remedy is told", () => {
  it("in the notification, with the command that takes it back", () => {
    const [document] = (played["selector-helps"] as Played).documents;

    expect(document).toMatchObject({
      done: [expect.stringMatching(/Z: Restored the selector of Service/)],
      changed: ["Service web: selector app=wbe before, app=web now"],
      next_steps: [expect.stringContaining("Correct the selector")],
    });
    expect(document?.take_back.at(-1)).toBe(
      `kubectl -n selector-helps patch service web -p '{"spec":{"selector":{"app":"wbe"}}}'`,
    );
  });

  it("without a command that a shell could read otherwise, or that no names make so long", () => {
    const inQuotes = `'{"spec":{"selector":{"app":"wbe"}}}'`;
    // A line break is written as two characters in JSON.
    const broken = `'{"spec":{"selector":{"app":"w\\nbe"}}}'`;

    expect(guards["commands"]).toEqual([
      [`kubectl -n shop patch service web -p ${inQuotes}`],
      [],
      [`kubectl -n shop patch service web -p ${broken}`],
      [],
    ]);
  });

  it("on the workload, by an Event with its own reason", () => {
    expect(played["selector-helps"]?.events.sort()).toEqual(["RemediationRecovered", "RemediationSelectorRestored"]);
    expect(played["selector-in-vain"]?.events.sort()).toEqual([
      "RemediationIneffective",
      "RemediationSelectorRestored",
      "RemediationUndone",
    ]);
  });
});

describe("an added remedy is drawn", () => {
  it("in the picture of the workflow, with its routes", () => {
    for (const line of [
      "Which_remedy -->|restore-selector| Restore_selector",
      "Can_it_be_undone -->|restore-selector| Undo_selector",
      "Restore_selector -.->|error| Take_claim_up_again",
    ]) {
      expect(workflow.split("\n").map((each) => each.trim())).toContain(line);
    }
  });

  it("in the report, as states that were passed and that change the workload", () => {
    const { report } = played["selector-in-vain"] as Played;

    for (const state of ["Restore selector", "Undo selector"]) {
      expect(report).toMatch(new RegExp(`<g class="state task visited"><rect [^>]*/><text [^>]*>${state}</text>`));
      expect(report).toMatch(new RegExp(`<li class="remedy">(?:(?!</li>)[^])*${state}`));
    }
  });

  it("on the terminal, while it is at work and while it is undone", () => {
    const { lines, rows } = played["selector-in-vain"] as Played;

    expect(rows).toEqual(expect.arrayContaining(["restore-selector: verifying", "restore-selector: undoing"]));
    expect(lines.filter((line) => / selector: /.test(line))).toEqual([
      expect.stringMatching(/^Restore selector: Restored/),
      expect.stringMatching(/^Undo selector: Service .* has its selector app=wbe back\.$/),
    ]);
  });
});

describe("an added remedy is permitted", () => {
  it("exactly what it says, beside what every remedy is", () => {
    expect(rulesOf("restore-selector")).toEqual([
      { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
      {
        apiGroups: ["apps"],
        resources: ["daemonsets", "deployments", "replicasets", "statefulsets"],
        verbs: ["get"],
      },
      { apiGroups: ["example.com"], resources: ["releases"], verbs: ["get"] },
      services("get", "patch"),
      { apiGroups: [""], resources: ["events"], verbs: ["create"] },
    ]);
    const names = rbac.filter(({ metadata }) => metadata.name === "eks-remediation:restore-selector");
    expect(names.map(({ kind }) => kind)).toEqual(["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);
  });

  it("in the diagnosis and in a look, which read what it plans with and what it wrote", () => {
    expect(rulesOf("classify")).toContainEqual(services("list"));
    expect(rulesOf("verify")).toContainEqual(services("get"));
  });

  it("as far as the functions asked for it, and they asked for nothing else", () => {
    expect([...SCENARIOS.flatMap((name) => played[name]?.notPermitted), release["notPermitted"]].flat()).toEqual([]);
  });

  it("as a function of its own, with the handler of all remedies", () => {
    expect(guards["functions"]).toContainEqual(["restore-selector", "functions/remedies/handler.ts"]);
    expect(stack).toMatchObject({
      remedy: "restore-selector",
      substitutions: expect.arrayContaining(["RestoreSelectorFunctionArn"]) as string[],
      groups: expect.arrayContaining([["eks-remediation:restore-selector"]]) as string[][],
    });
  });
});

describe("an added kind", () => {
  it("is found by a scan, rolled back and verified by what its own folder says", () => {
    expect(release).toMatchObject({
      found: expect.arrayContaining(["1x ProgressDeadlineExceeded"]) as string[],
      workloads: [{ outcome: "Recovered", workload: { kind: "Release" }, action: "rollback" }],
      image: "shop/web:1",
      writes: ["releases"],
    });
  });

  it("is told of in its own commands and Events", () => {
    expect(release["commands"]).toContain("kubectl -n shop describe release web");
    expect(String(release["commands"])).not.toContain("release undo");
    expect(release["events"]).toMatchObject(
      Array(2).fill({ involvedObject: { apiVersion: "example.com/v1alpha1", kind: "Release" } }),
    );
  });

  it("is permitted to every function as far as it is written to", () => {
    const verbs = (step: string) =>
      rulesOf(step)?.flatMap(({ resources, verbs: allowed }) => (resources.includes("releases") ? allowed : []));

    expect(["detect", "classify", "rollback", "verify"].map(verbs)).toEqual([
      ["get", "list"],
      ["get"],
      ["get", "patch"],
      ["get"],
    ]);
  });
});
