import { GenerateMacCommand, KMSClient } from "@aws-sdk/client-kms";
import { describe } from "vitest";
import { linkTo, type Proposal } from "../../../functions/run/decision-link.ts";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { aws } from "../account.ts";
import { CLUSTER_NAME } from "../cloud.ts";
import { changesBy, it } from "../deployed.ts";
import { allExecutions, ended } from "../executions.ts";
import { browse } from "../function-url.ts";

interface Variables {
  Environment?: { Variables?: Record<string, string> };
}

/** The page's address, and the key of the links, as notify has them. */
async function linkSettings(): Promise<{ address: string; key: string }> {
  const { Functions } = await aws<{ Functions: Variables[] }>("lambda", "list-functions");
  const variables = Functions.map(({ Environment }) => Environment?.Variables ?? {});
  const { LINK_ADDRESS: address = "", LINK_KEY: key = "" } = variables.find(({ LINK_ADDRESS }) => LINK_ADDRESS) ?? {};
  return { address, key };
}

/** Signs as notify does. */
async function sign(key: string, text: string): Promise<string> {
  const command = { KeyId: key, MacAlgorithm: "HMAC_SHA_256", Message: Buffer.from(text) } as const;
  const { Mac = [] } = await new KMSClient({}).send(new GenerateMacCommand(command));
  return Buffer.from(Mac).toString("hex");
}

describe.concurrent("a link by which people decide", () => {
  it("is shown to whoever has it, and starts the workflow, which does nothing that nobody needs, so that it may be pressed again", async ({
    scenario,
    expect,
  }) => {
    const { namespace } = scenario;
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const { address, key } = await linkSettings();
    const proposal: Proposal = {
      cluster_name: CLUSTER_NAME,
      namespace,
      kind: "Deployment",
      name: "web",
      plan: "0123456789abcdef",
      valid_until: new Date(Date.now() + 600_000).toISOString(),
      cause: "Nothing is wrong.",
      would: "Would do nothing.",
    };
    const url = await linkTo(address, proposal, (text) => sign(key, text));
    // Others press links at the same time, of proposals with another end.
    const own = `-${Date.parse(proposal.valid_until)}`;
    const executions = async () =>
      (await allExecutions()).filter(({ name }) => name?.startsWith("link-") === true && name.includes(own));

    const opened = await browse(url);
    expect(opened).toMatchObject({
      status: 200,
      text: expect.stringContaining(`Deployment ${namespace}/web`) as string,
    });
    const tampered = await browse(url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")));
    expect(tampered.status).toBe(403);
    expect(tampered.text).not.toContain(namespace);
    expect(await executions()).toEqual([]);

    expect((await browse(url, { decision: "approve", name: "Ann" })).status).toBe(200);
    const [started, ...others] = await executions();
    const run = await ended(started?.executionArn ?? "");
    expect(run.request).toMatchObject({ action: "approve", namespace, name: "web", origin: "person" });
    expect(run).toMatchObject({
      status: "SUCCEEDED",
      workloads: [{ outcome: "Skipped", action: "none", reason: "NotFailingAnymore" }],
    });
    expect(others).toEqual([]);

    expect((await browse(url, { decision: "approve", name: "Ben" })).status).toBe(200);
    const names = (await executions()).map(({ name = "" }) => name).sort();
    expect(names).toEqual([started?.name, `${started?.name ?? ""}-2`]);
    for (const { executionArn = "" } of await executions()) await ended(executionArn);
    expect(changesBy(undefined, namespace).filter((change) => change.includes("deployments"))).toEqual([]);
  });
});
