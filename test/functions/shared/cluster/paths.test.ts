import { describe, expect, it } from "vitest";
import { paths } from "../../../../functions/shared/cluster/paths.ts";

/** The path that is really asked for: a URL resolves dot segments, and ends the path at ? and #. */
function requested(path: string): string {
  const url = new URL("https://cluster.example");
  url.pathname = path;
  return url.pathname;
}

const HOSTILE = ["../../secrets/token", "web/log", "web?watch=true", "web#x", "%2e%2e", "a b", "web/../../x", "..%2f"];

describe("a path", () => {
  it.each(HOSTILE)("keeps a pod that is named %s in its own segment", (name) => {
    const path = requested(paths.pod("shop", name));

    expect(path).toMatch(/^\/api\/v1\/namespaces\/shop\/pods\/[^/?#]+$/);
    expect(decodeURIComponent(path.split("/").at(-1) ?? "")).toBe(name);
  });

  it.each(HOSTILE)("keeps a namespace that is named %s in its own segment", (namespace) => {
    expect(requested(paths.deploymentScale(namespace, "web")).split("/")).toHaveLength(9);
    expect(requested(paths.deploymentScale(namespace, "web"))).toMatch(
      /^\/apis\/apps\/v1\/namespaces\/[^/]+\/deployments\/web\/scale$/,
    );
  });

  it.each(["", ".", ".."])("is refused for the name %o, which a URL would resolve away", (name) => {
    const refused = expect.objectContaining({ name: "InvalidStepInput" }) as Error;

    expect(() => paths.pod("shop", name)).toThrow(refused);
    expect(() => paths.pods(name)).toThrow(refused);
    expect(() => paths.namespace(name)).toThrow(refused);
  });

  it("of a collection spans the cluster when no namespace is given", () => {
    expect(paths.pods()).toBe("/api/v1/pods");
    expect(paths.hpas()).toBe("/apis/autoscaling/v2/horizontalpodautoscalers");
    expect(paths.hpas("shop")).toBe("/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers");
  });
});
