import { describe, expect, it } from "vitest";
import { deliver } from "../../../../functions/notify/deliver/deliver.ts";
import { pagerEventOfFleet } from "../../../../functions/notify/deliver/pager-duty.ts";
import { toldIn } from "../../../../functions/notify/deliver/told.ts";
import { FleetDocument } from "../../../../functions/notify/fleet/document.ts";
import { watchFleet, type WatchEnvironment } from "../../../../functions/notify/fleet/watch.ts";
import type { Published } from "../../../../functions/notify/sns.ts";
import { RemediationError } from "../../../../functions/shared/errors.ts";
import type { FleetStorm } from "../../../../functions/shared/fleet-storms.ts";
import type { KeptLook } from "../../../../functions/shared/looks.ts";
import { policy } from "../../../support/objects.ts";
import { sns } from "../deliver/documents.ts";

const START = Date.parse("2030-06-01T12:00:00Z");
const HUB = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
const arnOf = (index: number) => `arn:aws:eks:us-east-1:444455556666:cluster/c${index}`;

/** A fleet of ten clusters, and a table in memory that answers as the real one does. */
function fleet() {
  const kept = new Map<string, FleetStorm>();
  const sent: Published[] = [];
  let minute = 0;
  let failing: readonly number[] = [];
  let isRefused = false;
  const now = () => new Date(START + minute * 60_000);
  const environment: WatchEnvironment = {
    hub: HUB,
    now,
    policy: () => policy(),
    clusters: () => Promise.resolve(Array.from({ length: 10 }, (_, index) => arnOf(index))),
    looks: () =>
      Promise.resolve(
        Array.from({ length: 12 }, (_, index): KeptLook => {
          const isFailing = failing.includes(index) || index >= 10;
          const look = { cluster_name: arnOf(index), at: now().toISOString(), allowed: "automatic" as const };
          return isFailing
            ? { ...look, status: "failing", signs: ["pull shop/web:2"] }
            : { ...look, status: "healthy" };
        }),
      ),
    storms: () => Promise.resolve([...kept.values()]),
    keep: (storm, before) => {
      if (kept.get(storm.sign)?.at !== before?.at) return Promise.resolve(false);
      kept.set(storm.sign, storm);
      return Promise.resolve(true);
    },
    isForChat: true,
    publish: (message) => {
      if (isRefused) return Promise.reject(new RemediationError("NotificationFailed", "No."));
      sent.push(message);
      return Promise.resolve();
    },
  };
  const watch = async (which: readonly number[], refused = false, overrides: Partial<WatchEnvironment> = {}) => {
    minute++;
    [failing, isRefused] = [which, refused];
    return await watchFleet({ ...environment, ...overrides });
  };
  return { watch, sent, kept, environment };
}

function documentOf({ forms }: Published): FleetDocument {
  return FleetDocument.parse(JSON.parse(forms["default"] ?? ""));
}

describe("watching a fleet", () => {
  it("tells that clusters fail alike when it begins and when it is over, and nothing between", async () => {
    const { watch, sent } = fleet();
    expect(await watch([])).toEqual({ status: "quiet", seen: 10, storms: 0 });
    expect(await watch([1, 2])).toMatchObject({ status: "quiet" });
    expect(await watch([1, 2, 3, 4])).toEqual({ status: "told", seen: 10, storms: 1 });
    expect(await watch([1, 2, 3, 4, 5])).toMatchObject({ status: "lasting" });
    expect(await watch([])).toMatchObject({ status: "told", storms: 0 });
    expect(await watch([])).toMatchObject({ status: "quiet" });

    expect(sent).toHaveLength(2);
    const [begun, over] = sent;
    expect(begun?.subject).toBe("4 clusters fail alike: image shop/web:2 cannot be pulled");
    expect(begun?.attributes).toEqual({ about: "fleet_storm", needs_person: "true" });
    expect(begun?.forms["email"]).toContain(
      "In 4 of 10 clusters, image shop/web:2 cannot be pulled: c1 (444455556666, us-east-1), c2 (444455556666, us-east-1)",
    );
    expect(begun?.forms["email"]).toMatch(
      /a remedy for it that nobody asked for or approved begins only in c\d \(444455556666/,
    );
    expect(over?.forms["email"]).toContain("It is over that image shop/web:2 cannot be pulled in so many clusters");
    expect(over?.attributes).toEqual({ about: "fleet_storm", needs_person: "false" });
    // Clusters that the list has no more are none of it.
    expect(documentOf(begun as Published).begun[0]?.clusters).toEqual([1, 2, 3, 4].map(arnOf));
  });

  it("tells again what could not be told", async () => {
    const { watch, sent } = fleet();
    await expect(watch([1, 2, 3], true)).rejects.toMatchObject({ name: "NotificationFailed" });
    expect(await watch([1, 2, 3])).toMatchObject({ status: "told" });
    await expect(watch([], true)).rejects.toMatchObject({ name: "NotificationFailed" });
    expect(await watch([])).toMatchObject({ status: "told" });

    expect(sent.map((message) => documentOf(message).over.length)).toEqual([0, 1]);
  });

  it("tells nothing that cannot be kept, and nothing that another has kept just now", async () => {
    const { watch, sent } = fleet();
    const keep = () => Promise.reject(new Error("AccessDenied"));
    await expect(watch([1, 2, 3], false, { keep })).rejects.toThrow("AccessDenied");
    const status = await watch([1, 2, 3], false, { keep: () => Promise.resolve(false) });

    expect(status).toMatchObject({ status: "done by another" });
    expect(sent).toEqual([]);
  });

  it.each([
    ["the table refuses the next", () => Promise.reject(new Error("throttled"))],
    ["another has kept the next just now", () => Promise.resolve(false)],
  ])("tells the next time what it has kept when %s", async (_when, answer) => {
    const { watch, sent, environment } = fleet();
    const signs = ["pull shop/web:2", "run shop/web:2"];
    const looks = async () => (await environment.looks()).map((look) => (look.signs ? { ...look, signs } : look));
    const keep: WatchEnvironment["keep"] = async (storm, before) =>
      storm.sign === signs[1] ? await answer() : await environment.keep(storm, before);
    await watch([1, 2, 3], false, { looks, keep }).catch(() => undefined);
    expect(sent).toEqual([]);

    expect(await watch([1, 2, 3], false, { looks })).toMatchObject({ status: "told", storms: 2 });
    expect(sent.flatMap((message) => documentOf(message).begun.map(({ sign }) => sign))).toEqual(signs);
  });

  it("says no more of a list that cannot be read than that", async () => {
    const { watch, sent } = fleet();
    const clusters = () => Promise.reject(new RemediationError("FleetUnreadable", "It is malformed."));

    await expect(watch([1, 2, 3], false, { clusters })).rejects.toMatchObject({ name: "FleetUnreadable" });
    expect(sent).toEqual([]);
  });
});

describe("the message that clusters fail alike", () => {
  it("is delivered to chat, and pages until the last is over", async () => {
    const { watch, sent } = fleet();
    await watch([1, 2, 3]);
    await watch([]);
    const [begun, over] = sent.map(documentOf);
    expect(toldIn(sns(begun))).toMatchObject({ is: "fleet" });

    const bodies: string[] = [];
    await deliver(sns(begun), {
      destination: "slack",
      address: () => Promise.resolve({ url: new URL("https://hooks.example.com/x") }),
      post: (_url, body) => {
        bodies.push(body);
        return Promise.resolve({ status: 200, body: "ok" });
      },
      sleep: () => Promise.resolve(),
    });
    expect(bodies.join()).toContain("3 clusters fail alike");

    const page = pagerEventOfFleet(begun as FleetDocument);
    expect(page).toMatchObject({ event_action: "trigger", payload: { severity: "critical", source: "prod" } });
    expect(pagerEventOfFleet(over as FleetDocument)).toEqual({
      event_action: "resolve",
      dedup_key: page?.dedup_key,
    });
    const both = { ...(over as FleetDocument), lasting: (begun as FleetDocument).begun };
    expect(pagerEventOfFleet(both)).toBeUndefined();
  });
});
