import { describe } from "vitest";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Deployment } from "../../functions/shared/kubernetes/types.ts";
import { it } from "./scenario.ts";
import { rollOutWeb } from "./web.ts";

/** What the API server answers when a write's precondition does not hold any more. */
describe.concurrent("a write to the API server", () => {
  it("whose JSON patch tests a state that has passed is ObjectChanged, and changes nothing", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const cluster = await scenario.client();
    const { metadata } = await scenario.deployment();
    await scenario.kubectl("-n", scenario.namespace, "annotate", "deployment", "web", "touched=yes");

    const patch = cluster.patch(paths.deployment(scenario.namespace, "web"), [
      { op: "test", path: "/metadata/resourceVersion", value: metadata?.resourceVersion },
      { op: "replace", path: "/spec/replicas", value: 7 },
    ]);

    await expect(patch).rejects.toMatchObject({ name: "ObjectChanged" });
    expect((await scenario.deployment()).spec?.replicas).toBe(2);
  });

  it("that replaces an object read before somebody changed it is ObjectChanged", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const cluster = await scenario.client();
    const path = paths.deployment(scenario.namespace, "web");
    const deployment = await cluster.get<Deployment>(path);
    await scenario.kubectl("-n", scenario.namespace, "annotate", "deployment", "web", "touched=yes");

    await expect(cluster.replace(path, deployment)).rejects.toMatchObject({ name: "ObjectChanged" });
  });

  it("that deletes or evicts a pod of the same name that is another pod is ObjectChanged", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const cluster = await scenario.client();
    const name = (await scenario.pods())[0]?.metadata?.name ?? "";
    const preconditions = { uid: "00000000-0000-0000-0000-000000000000" };

    await expect(cluster.delete(paths.pod(scenario.namespace, name), preconditions)).rejects.toMatchObject({
      name: "ObjectChanged",
    });
    await expect(cluster.evict(scenario.namespace, name, preconditions)).rejects.toMatchObject({
      name: "ObjectChanged",
    });
    expect((await scenario.pods()).map(({ metadata }) => metadata?.name)).toContain(name);
  });

  it("that validation refuses is WriteRefused with the field's name", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const cluster = await scenario.client();

    const patch = cluster.patch(paths.deployment(scenario.namespace, "web"), [
      { op: "replace", path: "/spec/replicas", value: -1 },
    ]);

    await expect(patch).rejects.toMatchObject({
      name: "WriteRefused",
      message: expect.stringContaining("spec.replicas") as string,
    });
  });
});
