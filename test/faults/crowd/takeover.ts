import { claim as claimStep } from "../../../functions/claim/handler.ts";
import { newLease } from "../../../functions/run/lease.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Claim, WorkloadRun } from "../../../functions/run/contracts.ts";
import { isRemediationError } from "../../../functions/shared/errors.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { localEnvironment } from "../../../local/engine/environment.ts";
import { FaultProxy } from "../proxy/proxy.ts";
import { quickPolicy } from "../../../local/scenarios/quick-policy.ts";
import { Ground } from "../ground.ts";
import type { Stage } from "../stage.ts";
import { POLICY } from "../situations.ts";
import type { Episode } from "./episode.ts";

/** How the claim stands when everybody asks for it. */
export interface Start {
  what: string;
  /** How long ago the claim of an execution that died expired, in seconds; undefined for a workload without a claim. */
  expired: number | undefined;
  /** The takers' clocks differ from the machine's by up to so many seconds. */
  skew: number;
}

export const STARTS: readonly Start[] = [
  { what: "no claim yet", expired: undefined, skew: 0 },
  { what: "an expired claim of an execution that died", expired: 1, skew: 0 },
  { what: "an expired claim, clocks up to 5 s apart", expired: 1, skew: 5 },
  { what: "a claim that expires in 2 s, clocks up to 5 s apart", expired: -2, skew: 5 },
];

/** How often the state machine tries a step. */
const ATTEMPTS = 5;

const DEAD = "an-execution-that-died";

/** So many takers at the same moment: at most one gets the claim, and exactly one when it is free by everybody's clock. */
export async function takeOver(stage: Stage, start: Start, takers: number, rounds: number): Promise<Episode> {
  const ground = await Ground.create(stage.cluster, "crowd-takers");
  const proxy = await FaultProxy.start({ upstream: stage.upstream });
  const began = Date.now();
  const violations: string[] = [];
  let acted = 0;
  let refused = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      const workload = { kind: "Deployment", namespace: ground.namespace, name: `gone-${round}` };
      if (start.expired !== undefined) {
        const acquired = new Date(Date.now() - (60 + start.expired) * 1_000);
        await stage.cluster.create(paths.leases(CLAIM_NAMESPACE), newLease(workload, DEAD, 60, acquired));
      }
      const claims = await Promise.all(
        Array.from({ length: takers }, (_, taker) => {
          // Spread from the slowest clock to the fastest.
          const ahead = takers === 1 ? 0 : (2 * taker) / (takers - 1) - 1;
          return claimAs(
            proxy,
            { ...RUN, incident: { ...RUN.incident, workload } },
            `taker-${taker}`,
            ahead * start.skew,
          );
        }),
      );
      const winners = claims.filter(({ claim }) => claim.status === "claimed");
      const losers = claims.filter(({ claim }) => claim.status !== "claimed");
      const { spec } = await stage.cluster.get<Lease>(
        paths.lease(CLAIM_NAMESPACE, `deployment.${ground.namespace}.${workload.name}`),
      );
      const winner = winners[0]?.name ?? "nobody";
      acted += winners.length;
      refused += losers.length;
      const where = `${start.what}, round ${round + 1}`;
      if (winners.length !== 1) violations.push(`${where}: ${winners.length} of ${takers} takers got the claim`);
      if (spec?.holderIdentity !== winner)
        violations.push(`${where}: ${winner} got the claim, and the Lease names ${spec?.holderIdentity ?? "nobody"}`);
      if (start.expired !== undefined && spec?.leaseTransitions !== 1)
        violations.push(`${where}: the Lease changed hands ${spec?.leaseTransitions ?? 0} times`);
      for (const { name, claim } of losers) {
        // By a clock that is behind, the one that died still holds it.
        const named = [winner, ...(start.skew === 0 ? [] : [DEAD])];
        const told =
          claim.refusal === "AlreadyClaimed" && named.some((each) => claim.message?.includes(` by ${each},`));
        if (!told) violations.push(`${where}: ${name} was told ${claim.refusal ?? "nothing"}: ${claim.message ?? ""}`);
      }
    }
  } finally {
    await proxy.stop();
    await ground.remove();
  }
  const seconds = (Date.now() - began) / 1_000;
  const what = `${takers} takers at the same moment, ${rounds} times: ${start.what}`;
  return { what, executions: takers * rounds, acted, refused, otherwise: 0, writes: 0, seconds, violations };
}

const RUN: WorkloadRun = {
  cluster_name: "local",
  dry_run: false,
  execution: { id: "arn:local", name: "" },
  incident: { workload: { kind: "", namespace: "", name: "" }, failures: [], failing_pods: 1, sample_pods: [] },
};

/** Claims as one execution does, with a clock that is so many seconds ahead. */
async function claimAs(
  proxy: FaultProxy,
  run: WorkloadRun,
  name: string,
  ahead: number,
): Promise<{ name: string; claim: Claim }> {
  const connection = proxy.connection("local", {
    "user-agent": `eks-remediation/${name}/claim`,
    "impersonate-user": "eks-remediation:claim",
    "impersonate-group": "eks-remediation:claim",
  });
  const environment = {
    ...localEnvironment(connection, quickPolicy(POLICY), []),
    now: () => new Date(Date.now() + ahead * 1_000),
  };
  const input = { operation: "acquire", run: { ...run, execution: { id: name, name } } };
  for (let attempt = 1; ; attempt++) {
    try {
      return { name, claim: (await claimStep(environment)(input)) as Claim };
    } catch (error) {
      // The state machine tries that again, too: so many connections at once may lose one.
      if (!isRemediationError(error, "ClusterUnreachable") || attempt >= ATTEMPTS) throw error;
    }
  }
}
