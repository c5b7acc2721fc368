import { createHmac } from "node:crypto";
import type { DecideEnvironment } from "../../functions/decide/decide.ts";
import type { WorkloadResult } from "../../functions/run/contracts.ts";
import { linkTo, type Proposal } from "../../functions/run/decision-link.ts";
import type { DecisionRequest } from "../../functions/run/request.ts";
import { NOW } from "./objects.ts";
import { StateMachine } from "./state-machine.ts";

/** Where the page of links is in tests. */
export const HOST = "page.lambda-url.eu-west-1.on.aws";

export const PROPOSAL: Proposal = {
  cluster_name: "prod",
  namespace: "shop",
  kind: "Deployment",
  name: "web",
  plan: "0123456789abcdef",
  valid_until: new Date(NOW.getTime() + 86_400_000).toISOString(),
  cause: "2 pods crash since revision 2 was rolled out.",
  would: "Would roll back to revision 1. It is done once somebody approves it.",
};

/** Signs as the key of the stack does, with a key of the tests. */
export function sign(text: string): Promise<string> {
  return Promise.resolve(createHmac("sha256", "a key of the tests").update(text).digest("hex"));
}

/** The path of the link to a proposal. */
export async function pathTo(proposal: Proposal = PROPOSAL): Promise<string> {
  return await linkTo("/", proposal, sign);
}

/** What the page may use, with a state machine of the tests. */
export class Links implements DecideEnvironment {
  readonly machine = new StateMachine();
  /** How often the key was asked. */
  asked = 0;
  clock = NOW;

  now = () => this.clock;

  isSigned: DecideEnvironment["isSigned"] = async ({ text, mac }) => {
    this.asked += 1;
    return (await sign(text)) === mac;
  };

  start: DecideEnvironment["start"] = this.machine.start;
  describe: DecideEnvironment["describe"] = this.machine.describe;

  /** The requests that were sent to the state machine. */
  get requests(): DecisionRequest[] {
    return [...this.machine.executions.values()].map(({ input }) => input as DecisionRequest);
  }

  /** Ends the executions with what one workload came to. */
  end(workload: Pick<WorkloadResult, "outcome" | "action" | "reason">): void {
    this.machine.end({ status: "succeeded", output: { outcomes: [workload.outcome], workloads: [workload] } });
  }
}

/** A request as a function URL hands it on. */
export function call(method: string, rawPath: string, more: Record<string, unknown> = {}): unknown {
  return { version: "2.0", rawPath, headers: {}, requestContext: { domainName: HOST, http: { method } }, ...more };
}

/** The page's own form, as a browser sends it and a function URL hands it on. */
export function press(rawPath: string, fields: Record<string, string>, headers: Record<string, string> = {}): unknown {
  return call("POST", rawPath, {
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: `https://${HOST}`,
      "sec-fetch-site": "same-origin",
      ...headers,
    },
    body: Buffer.from(new URLSearchParams(fields).toString()).toString("base64"),
    isBase64Encoded: true,
  });
}
