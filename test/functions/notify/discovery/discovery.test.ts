import { describe, expect, it } from "vitest";
import { discovery, type DiscoveryEnvironment } from "../../../../functions/notify/discovery/discovery.ts";
import type { Account } from "../../../../functions/notify/discovery/discover.ts";
import { DiscoveryDocument } from "../../../../functions/notify/discovery/document.ts";
import { discoveryLines } from "../../../../functions/notify/discovery/words.ts";
import { shownOf } from "../../../../functions/notify/deliver/shown.ts";
import { formOf } from "../../../../functions/notify/deliver/deliver.ts";
import { toldIn } from "../../../../functions/notify/deliver/told.ts";
import type { Published } from "../../../../functions/notify/sns.ts";
import { sourceName, type Discovered } from "../../../../functions/shared/discovered.ts";

const ROLES = "arn:aws:iam::444455556666:role/hub-discovered";
const PLACE = { account: "444455556666", region: "us-east-1", tag: "on", roles: ROLES, listed: new Set<string>() };
const FUNCTIONS = [
  { name: "detect", group: "detect" },
  { name: "patrol", group: "detect" },
];

interface State {
  names: string[] | Error;
  admitted: string[];
  mode: boolean;
}

function account(state: State): Account {
  return {
    names: () => (state.names instanceof Error ? Promise.reject(state.names) : Promise.resolve(state.names)),
    tags: () => Promise.resolve({ "eks-remediation": "on" }),
    state: () => Promise.resolve({ hasEndpoint: true, takesAccessEntries: state.mode, admitted: state.admitted }),
  };
}

/** A hub whose function comes every five minutes; what its table has, and what people were told. */
function hub() {
  const table = new Map<string, Discovered>();
  const published: Published[] = [];
  const state = {
    minute: 0,
    names: ["shop"] as string[] | Error,
    admitted: [] as string[],
    mode: true,
    publishes: true,
    taken: false,
  };
  const environment: DiscoveryEnvironment = {
    hub: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
    now: () => new Date(Date.UTC(2030, 1, 1, 0, state.minute)),
    functions: FUNCTIONS,
    places: () => Promise.resolve([PLACE]),
    account: () => account(state),
    kept: () => Promise.resolve([...table.values()]),
    keep(discovered, before) {
      if (state.taken || table.get(sourceName(discovered))?.at !== before?.at) return Promise.resolve(false);
      table.set(sourceName(discovered), discovered);
      return Promise.resolve(true);
    },
    isForChat: true,
    publish(message) {
      if (!state.publishes) return Promise.reject(new Error("no topic"));
      published.push(message);
      return Promise.resolve();
    },
  };
  const comes = async () => {
    state.minute += 5;
    return await discovery(environment);
  };
  const told = () =>
    published.splice(0).map(({ forms }) => DiscoveryDocument.parse(JSON.parse(forms["default"] ?? "")));
  return { state, comes, told, published, environment };
}

describe("people", () => {
  it("are told once of a cluster that lets no role in, with the command that mends it", async () => {
    const { comes, told, state } = hub();
    state.admitted = [`${ROLES}-detect`];

    expect(await comes()).toEqual({ places: 1, failed: 0, clusters: 1 });
    await comes();

    const [document, ...more] = told();
    expect(more).toEqual([]);
    expect(document?.waiting).toEqual([
      {
        ...{ name: "shop", account: "444455556666", region: "us-east-1", roles: ROLES },
        waits: { for: "access entries", functions: [{ name: "patrol", group: "detect" }] },
        commands: [
          `for entry in patrol:detect; do aws eks create-access-entry --region us-east-1 --cluster-name shop --principal-arn "${ROLES}-\${entry%%:*}" --kubernetes-groups "eks-remediation:\${entry#*:}"; done`,
        ],
      },
    ]);
    expect(discoveryLines(document as DiscoveryDocument)[0]).toBe(
      "Cluster shop (444455556666, us-east-1) has the tag eks-remediation, and is not looked at: it has no access entry for the roles of patrol.",
    );
  });

  it("are told again of what comes back after it was over, and of what else is missing", async () => {
    const { comes, told, state } = hub();
    state.mode = false;
    await comes();
    state.mode = true;
    await comes();
    expect(told().flatMap(({ waiting }) => waiting.map(({ waits }) => waits.for))).toEqual([
      "authentication mode",
      "access entries",
    ]);

    state.names = [];
    await comes();
    expect(told()).toEqual([]);
    state.names = ["shop"];
    await comes();
    expect(told()).toHaveLength(1);
  });

  it("are told at once of an account that was never asked before, and else when it lasts", async () => {
    const unknown = hub();
    unknown.state.names = new Error("no such role");
    await unknown.comes();
    await unknown.comes();
    expect(unknown.told()).toMatchObject([{ failed: [{ account: "444455556666", why: "no such role", kept: 0 }] }]);

    const known = hub();
    known.state.admitted = FUNCTIONS.map(({ name }) => `${ROLES}-${name}`);
    await known.comes();
    known.state.names = new Error("throttled");
    expect(await known.comes()).toEqual({ places: 1, failed: 1, clusters: 1 });
    await known.comes();
    expect(known.told()).toEqual([]);
    await known.comes();
    await known.comes();
    const [document, ...more] = known.told();
    expect(more).toEqual([]);
    expect(discoveryLines(document as DiscoveryDocument)).toEqual([
      "Which clusters of account 444455556666 in us-east-1 have the tag cannot be known in full since 2030-02-01T00:10:00Z: throttled. 1 cluster there is looked after by its tag, as far as that is known.",
    ]);
  });

  it("are not told of each failure that passes, though no cluster has the tag there, and of none that it is looked after", async () => {
    const { comes, told, state } = hub();
    await comes();
    told();
    const throttled = async (times: number) => {
      const { names } = state;
      state.names = new Error("throttled");
      for (let time = 0; time < times; time++) await comes();
      state.names = names;
    };
    for (let time = 0; time < 3; time++) {
      await throttled(2);
      await comes();
    }
    expect(told()).toEqual([]);

    await throttled(3);
    const [document] = told();
    expect(discoveryLines(document as DiscoveryDocument)).toEqual([
      "Which clusters of account 444455556666 in us-east-1 have the tag cannot be known in full since 2030-02-01T00:55:00Z: throttled. No cluster there is looked after by its tag, as far as that is known.",
    ]);
  });

  it("are told of hundreds of clusters at once in a message that SNS takes, which says how many more there are", async () => {
    const { comes, published, told, state, environment } = hub();
    const roles = `${ROLES.slice(0, -4)}${"r".repeat(30)}`;
    environment.functions = Array.from({ length: 16 }, (_, index) => ({
      name: `a-function-${index}`,
      group: "remedy",
    }));
    environment.places = () => Promise.resolve(places.map((region) => ({ ...PLACE, region, roles })));
    const places = Array.from({ length: 50 }, (_, index) => `ap-southeast-${index}`);
    environment.account = ({ region }) =>
      region === "ap-southeast-0"
        ? account(state)
        : { ...account(state), names: () => Promise.reject(new Error(`"${"x".repeat(700)}"`)) };
    state.names = Array.from({ length: 300 }, (_, index) => `${"n".repeat(90)}${index}`);
    await comes();

    const [message] = published;
    expect(Buffer.byteLength(JSON.stringify(message?.forms))).toBeLessThan(256 * 1_024);
    expect(message?.subject).toBe("300 tagged clusters cannot be looked at yet");
    expect(message?.forms["email"]).toContain("and 309 more, which the command fleet has.");
    expect(told()).toMatchObject([{ more: { waiting: 240, failed: 9 } }]);
    await comes();
    expect(told()).toEqual([]);
  });

  it("are told of one account though the table refuses another, which fails the function and is told later", async () => {
    const { comes, told, environment } = hub();
    const { keep } = environment;
    environment.places = () => Promise.resolve([PLACE, { ...PLACE, region: "eu-west-1" }]);
    environment.keep = async (discovered, before) => {
      if (discovered.region === "eu-west-1") throw new Error("throttled");
      return await keep(discovered, before);
    };
    await expect(comes()).rejects.toThrow("throttled");
    expect(told().flatMap(({ waiting }) => waiting.map(({ region }) => region))).toEqual(["us-east-1"]);

    environment.keep = keep;
    await comes();
    expect(told().flatMap(({ waiting }) => waiting.map(({ region }) => region))).toEqual(["eu-west-1"]);
  });

  it("are told of what they could not be told before", async () => {
    const { comes, told, state } = hub();
    state.publishes = false;
    await expect(comes()).rejects.toThrow("no topic");
    state.publishes = true;
    await comes();
    await comes();

    expect(told()).toHaveLength(1);
  });

  it("are told by one of two that look at the same moment", async () => {
    const { comes, told, state } = hub();
    state.taken = true;
    await comes();

    expect(told()).toEqual([]);
  });

  it("read it in Slack and Teams, and no page comes of it", async () => {
    const { comes, published } = hub();
    await comes();
    const [message] = published;
    const event = { Records: [{ EventSource: "aws:sns", Sns: { Message: message?.forms["default"] ?? "" } }] };
    const told = toldIn(event);

    expect(told?.is).toBe("discovery");
    if (told === undefined) return;
    expect(shownOf(told)).toMatchObject({ title: "1 tagged cluster cannot be looked at yet", links: [] });
    expect(formOf(told, "pagerDuty")).toBeUndefined();
    expect(formOf(told, "slack")).toBeDefined();
    expect(message?.attributes).toEqual({ about: "fleet_discovery", needs_person: "true" });
    expect(JSON.parse(message?.forms["https"] ?? "")).toMatchObject({ metadata: { threadId: "fleet_discovery" } });
  });
});
