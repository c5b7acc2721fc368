import { describe, expect, it } from "vitest";
import { outOfScope } from "../../../functions/shared/scope.ts";
import { policy } from "../../support/objects.ts";

const inScope = (namespace: string, namespaces: object) => outOfScope(namespace, policy({ namespaces })) === undefined;

describe("a namespace is in scope", () => {
  it.each<[string, object, boolean]>([
    ["shop", {}, true],
    ["kube-system", {}, false],
    ["kube-public", {}, false],
    ["kube-node-lease", {}, false],
    ["kube-system", { allow: ["kube-system"] }, true],
    ["shop", { allow: ["blog"] }, false],
    ["shop", { allow: [] }, false],
    ["shop", { deny: ["shop"] }, false],
    ["blog", { deny: ["shop"] }, true],
    ["shop", { allow: ["shop"], deny: ["shop"] }, false],
    ["shop-2", { allow: ["shop"] }, false],
  ])("%s under %o: %o", (namespace, rules, expected) => {
    expect(inScope(namespace, rules)).toBe(expected);
  });
});
