import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { POD_SUSPECTS } from "../../../functions/scan/suspects.ts";
import type { SuspectRule } from "../../../functions/kinds/suspects.ts";
import type { Table } from "../../../functions/scan/table.ts";
import { look, readSuspects } from "../../../functions/scan/look.ts";
import { rowsIn } from "../../../functions/scan/suspect-rows.ts";
import { View } from "../../../functions/scan/view.ts";
import { RemediationError, type ErrorName } from "../../../functions/shared/errors.ts";
import type { Deployment, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import { crashingPod, pod } from "../../support/objects.ts";
import { asked } from "../../support/scans.ts";
import { NO_TABLES, serve } from "../../support/served-cluster.ts";
import { deploymentWith } from "../../support/workload-objects.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const DEPLOYMENTS = "/apis/apps/v1/deployments";
/** Suspects the Deployments whose names begin so. */
const BY_NAME: SuspectRule = { columns: ["Name"], isSuspect: (name = "") => name.startsWith("bad") };

let api: ApiServer;
let view: View;
beforeEach(async () => {
  api = await ApiServer.start();
  view = new View(api.cluster());
});
afterEach(() => api.stop());

const lookAtPods = () => look(view, { what: "pods" }, PODS, POD_SUSPECTS, (found: Pod) => found);
const lookAtAll = () => look(view, { what: "Deployments" }, DEPLOYMENTS, BY_NAME, (found: Deployment) => found, true);
const names = (objects: { metadata?: { name?: string } }[]) => objects.map(({ metadata }) => metadata?.name);
const deployments = (number: number, prefix: string, namespace = "shop"): Deployment[] =>
  Array.from({ length: number }, (_, index) => deploymentWith({ name: `${prefix}-${index}`, namespace }));

describe("a look at one namespace", () => {
  it("counts the rows, and reads the suspects alone", async () => {
    serve(api, { pods: [pod({ name: "well" }), crashingPod({ name: "crash" })] });
    const look = await lookAtPods();

    expect(look).toMatchObject({ seen: 2, suspects: [{ metadata: { name: "crash" }, status: { phase: "Running" } }] });
    expect(asked(api)).toEqual([`table ${PODS}`, `${PODS}/crash`]);
  });

  it("goes by the caller's own rule where there is one, which is told the indexed cell last", async () => {
    serve(api, { pods: [pod({ name: "well" }), crashingPod({ name: "crash" }), pod({ name: "other" })] });
    const seen: string[][] = [];
    const table = await view.cluster.table<Table>(PODS);
    const isSuspect = (...cells: string[]) => seen.push(cells) > 0 && cells[0] !== "other";
    const rows = rowsIn(table, PODS, POD_SUSPECTS, { everywhere: false, isSuspect });
    const { suspects } = await readSuspects(view, { what: "pods" }, rows, (found: Pod) => found);

    expect(seen.map((cells) => [cells[0], cells.at(-1)])).toEqual([
      ["well", "<none>"],
      ["crash", "<none>"],
      ["other", "<none>"],
    ]);
    expect(names(suspects)).toEqual(["crash", "well"]);
    expect(api.requests).toHaveLength(3);
  });

  it("leaves out a suspect that is gone, and still counts its row", async () => {
    serve(api, { pods: [crashingPod({ name: "gone" }), crashingPod({ name: "crash" })] });
    api.on("GET", `${PODS}/gone`, refusal(404, "gone"));
    const { seen, suspects } = await lookAtPods();

    expect(seen).toBe(2);
    expect(names(suspects)).toEqual(["crash"]);
  });

  it.each(["..", ".", "", "../../secrets/token"])(
    "reads nothing but objects of the collection, also of %j",
    async (name) => {
      const columnDefinitions = [...POD_SUSPECTS.columns, "Node"].map((column) => ({ name: column }));
      api.on(
        "GET",
        PODS,
        found({ kind: "Table", columnDefinitions, rows: [{ cells: [name, "0/1", "Error", "<none>", "0", "node-0"] }] }),
      );
      const suspects = await lookAtPods().then(
        (look) => look.suspects,
        (error: unknown) => error,
      );

      expect(suspects).toEqual(name.length > 2 ? [] : expect.objectContaining({ name: "InvalidStepInput" }));
      for (const { path } of api.requests)
        expect(path).toMatch(/^\/api\/v1\/namespaces\/shop\/pods(\/[^/.]+|\/\.\.%2F[^/]*)?$/);
    },
  );

  it("takes all objects for suspects where the server prints no such columns", async () => {
    serve(api, { pods: [pod({ name: "well" }), crashingPod({ name: "crash" })] }, NO_TABLES);
    const { seen, suspects } = await lookAtPods();

    expect(seen).toBe(2);
    expect(names(suspects)).toEqual(["crash", "well"]);
    expect(asked(api)).toEqual([`table ${PODS}`, PODS]);
  });

  it("counts each object once where the token of a list expires, so that it begins anew", async () => {
    const [first, second] = [pod({ name: "well" }), crashingPod({ name: "crash" })];
    const pages = [page([first], "next"), refusal(410, "expired"), page([first], "again"), page([second])];
    api.on("GET", PODS, found({ kind: "List", items: [] }), ...pages);
    const counted: Pod[] = [];
    const keep = (found: Pod) => counted.push(found);
    const { seen } = await look(view, { what: "pods" }, PODS, POD_SUSPECTS, keep);

    expect(seen).toBe(2);
    expect(names(counted)).toEqual(["well", "crash"]);
  });

  it("finds nothing where there is nothing", async () => {
    const table = {
      kind: "Table",
      columnDefinitions: ["Name", "Ready", "Status", "Readiness Gates", "Restarts", "Node"].map((name) => ({ name })),
      rows: null,
    };
    api.on("GET", PODS, found(table));

    expect(await lookAtPods()).toEqual({ seen: 0, suspects: [] });
  });
});

describe("a look at the whole cluster", () => {
  it("looks a suspect up by its name, which may be one in several namespaces", async () => {
    const others = deployments(2, "good");
    serve(api, {
      namespaces: ["blog", "shop"],
      deployments: [...others, ...deployments(1, "bad"), ...deployments(2, "bad", "blog")],
    });
    const { seen, suspects } = await lookAtAll();

    expect(seen).toBe(5);
    expect(suspects.map(({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`).sort()).toEqual([
      ...["blog/bad-0", "blog/bad-1", "shop/bad-0"],
    ]);
    expect(asked(api).sort()).toEqual([
      `${DEPLOYMENTS}?metadata.name=bad-0`,
      `${DEPLOYMENTS}?metadata.name=bad-1`,
      `table ${DEPLOYMENTS}`,
    ]);
  });

  it("looks up to three hundred suspects up", async () => {
    serve(api, { deployments: [...deployments(300, "bad"), ...deployments(4_700, "good")] });
    const { seen, suspects } = await lookAtAll();

    expect({ seen, suspects: suspects.length, requests: api.requests.length }).toEqual({
      seen: 5_000,
      suspects: 300,
      requests: 301,
    });
  });

  it("reads more suspects than that with all the others, page by page", async () => {
    serve(api, { deployments: [...deployments(301, "bad"), ...deployments(4_699, "good")] });
    const { seen, suspects } = await lookAtAll();

    expect({ seen, suspects: suspects.length }).toEqual({ seen: 5_000, suspects: 301 });
    const pages = Array.from({ length: 10 }, (_, page) => (page === 0 ? undefined : String(page * 500)));
    expect(asked(api)).toEqual([`table ${DEPLOYMENTS}`, ...pages.map(() => DEPLOYMENTS)]);
    expect(api.requests.slice(1).map(({ query }) => query["continue"])).toEqual(pages);
  });

  it("reads all objects where the server prints no such columns", async () => {
    serve(api, { deployments: deployments(3, "good") }, NO_TABLES);

    expect(await lookAtAll()).toMatchObject({
      seen: 3,
      suspects: [{}, {}, {}],
    });
  });
});

describe("a view", () => {
  const failWith = (name: ErrorName) => (): Promise<number> => Promise.reject(new RemediationError(name, `${name}!`));

  it.each<ErrorName>(["Forbidden", "ClusterUnavailable", "ClusterThrottled"])(
    "takes the error %s for a blind spot",
    async (name) => {
      expect(await view.tryTo("pods", failWith(name))).toBeUndefined();
      expect(view.describeBlindSpots()).toEqual([{ what: "pods", error: name, message: `${name}!` }]);
      expect(view.sawSomething).toBe(false);
    },
  );

  it.each<ErrorName>(["Unauthorized", "ClusterUnreachable", "NotFound", "WriteRefused"])(
    "ends with the error %s",
    async (name) => {
      await expect(view.tryTo("pods", failWith(name))).rejects.toMatchObject({ name });
      expect(view.describeBlindSpots()).toEqual([]);
    },
  );

  it("ends with an error that is none of the workflow's own", async () => {
    await expect(view.tryTo("pods", () => Promise.reject(new TypeError("no such field")))).rejects.toThrow(TypeError);
  });

  it("has seen something once a look came back, though it found nothing", async () => {
    expect(await view.tryTo("pods", () => Promise.resolve([]))).toEqual([]);
    expect(view.sawSomething).toBe(true);
  });

  it("tells twenty blind spots in full, and says how many more there are from then on", async () => {
    const whats = (count: number) => Array.from({ length: count }, (_, index) => `pods in namespace ${index}`);
    for (const what of whats(20)) await view.tryTo(what, failWith("Forbidden"));
    expect(view.describeBlindSpots().map(({ what }) => what)).toEqual(whats(20));

    await view.tryTo("HPAs", failWith("Forbidden"));
    expect(view.describeBlindSpots().map(({ what }) => what)).toEqual([...whats(20), "1 more"]);
  });

  it("tells the blind spots of the whole cluster first, then those of each namespace in turn", async () => {
    for (let number = 0; number < 40; number++)
      await view.tryTo(`evil ${number}`, failWith("Forbidden"), { place: "evil" });
    await view.tryTo("pods in namespace shop", failWith("Forbidden"), { place: "shop" });
    await view.tryTo("HPAs", failWith("Forbidden"));

    expect(
      view
        .describeBlindSpots()
        .slice(0, 4)
        .map(({ what }) => what),
    ).toEqual(["HPAs", "evil 0", "pods in namespace shop", "evil 1"]);
  });

  it("has read the share of a namespace's suspects that its own and those of the whole cluster leave, nodes aside", () => {
    view.noteSuspects({ what: "pods" }, 30);
    view.noteSuspects({ what: "Deployments" }, 10);
    expect(view.shareRead("shop")).toBe(1);

    view.noteUnread({ what: "Deployments" }, 10);
    view.noteSuspects({ what: "nodes", isBeside: true }, 1);
    view.noteUnread({ what: "nodes", isBeside: true }, 1);
    expect(view.shareRead("shop")).toBe(0.75);

    view.noteSuspects({ what: "pods in namespace shop", place: "shop" }, 4);
    view.noteUnread({ what: "pods in namespace shop", place: "shop" }, 2);
    expect([view.shareRead("shop"), view.shareRead("blog")]).toEqual([0.375, 0.75]);
  });

  it("works at eight items at the same time", async () => {
    let running = 0;
    let most = 0;
    await view.each(Array.from({ length: 30 }), async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });

    expect(most).toBe(8);
  });
});
