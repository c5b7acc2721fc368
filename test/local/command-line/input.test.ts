import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clusterNameOf, readInput } from "../../../local/command-line/input.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "input-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const DEV = { context: "dev", entry: "dev-cluster", others: [] };

describe("the input of a local run", () => {
  it("is a scan of everything by default", () => {
    expect(readInput(DEV)).toEqual({ cluster_name: "dev", origin: "person" });
  });

  it("takes the flags, and leaves a cluster that the input names", () => {
    expect(readInput({ ...DEV, namespace: "shop", dryRun: true, input: '{"cluster_name": "dev-cluster"}' })).toEqual({
      cluster_name: "dev-cluster",
      origin: "person",
      namespace: "shop",
      dry_run: true,
    });
  });

  const ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";

  it.each([
    ["prod", "prod", "x"],
    ["prod", "blue", ARN],
    ["prod", "me@prod.eu-west-1.eksctl.io", "x"],
    [ARN, ARN, ARN],
    [ARN, "prod", "x"],
    ["arn-aws-eks-eu-west-1-123456789012-cluster-prod", ARN, ARN],
  ])("may name the cluster %s on context %s of cluster %s", (cluster_name, context, entry) => {
    const input = JSON.stringify({ cluster_name });

    expect(
      readInput({ context, entry, others: ["arn:aws:eks:eu-west-1:210987654321:cluster/prod"], input }),
    ).toMatchObject({
      cluster_name,
    });
  });

  it("may give a name that the kubeconfig does not know", () => {
    const input = '{"cluster_name": "prod"}';

    expect(readInput({ ...DEV, others: ["prod-eu", "staging"], input })).toMatchObject({ cluster_name: "prod" });
  });

  it.each([
    ["prod", "staging", "prod"],
    ["prod", "prod-eu", ARN],
    [ARN, ARN.replace("west-1", "west-2"), ARN],
  ])(
    "is refused where it names the cluster %s, and context %s reaches another than %s",
    (cluster_name, context, other) => {
      const input = JSON.stringify({ cluster_name });

      expect(() => readInput({ context, entry: "x", others: ["y", other], input })).toThrow(
        expect.objectContaining({
          name: "InvalidRequest",
          message: expect.stringContaining("or leave cluster_name out") as string,
        }) as Error,
      );
    },
  );

  it("is read from a file when there is one of that name", () => {
    const file = join(directory, "request.json");
    writeFileSync(file, '{"action": "detect_failures", "namespace": "shop", "origin": "agent"}');

    expect(readInput({ ...DEV, input: file })).toEqual({
      cluster_name: "dev",
      origin: "agent",
      action: "detect_failures",
      namespace: "shop",
    });
  });

  it.each([
    ["neither a file nor JSON", "restart web", "neither an existing file nor valid JSON"],
    ["broken JSON", '{"action": ', "neither an existing file nor valid JSON"],
  ])("is refused when it is %s", (_what, input, message) => {
    expect(() => readInput({ ...DEV, input })).toThrow(
      expect.objectContaining({ name: "InvalidRequest", message: expect.stringContaining(message) as string }) as Error,
    );
  });

  it("is refused when the flag contradicts it", () => {
    expect(() => readInput({ ...DEV, namespace: "shop", input: '{"namespace": "other"}' })).toThrow(
      expect.objectContaining({ name: "InvalidRequest" }) as Error,
    );
  });

  it("makes a cluster name of any context name", () => {
    expect(clusterNameOf("arn:aws:eks:eu-west-1:123456789012:cluster/prod")).toBe(
      "arn-aws-eks-eu-west-1-123456789012-cluster-prod",
    );
    expect(clusterNameOf("@@")).toBe("local");
  });
});
