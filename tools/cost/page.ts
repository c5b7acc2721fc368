import { markdownTable } from "../docs/markdown-table.ts";
import { costOf, sumOf, type Line, type Situation } from "./cost.ts";
import { PRICE_LIST, priceOf } from "./prices.ts";
import type { Template } from "./resources.ts";
import { DAYS_OF_A_MONTH, LOOK, MINUTES_OF_A_MONTH, TOLD } from "./usage.ts";

const ONE: Situation = { clusters: 1, chronic: 0, interval: 1, size: "small" };
const FLEETS = [1, 10, 120];
/** How many workloads fail for good in the columns that count such. */
const CHRONIC = 10;

/** What is left where deployments share one key and have no dashboards. */
const isOwn = ({ price }: Line) => price !== "kms-key" && price !== "cloudwatch-dashboard";
const PRICE_OF_A_KEY = priceOf("kms-key").dollars;

const money = (dollars: number) => `$${dollars < 0.005 && dollars > 0 ? dollars.toFixed(4) : dollars.toFixed(2)}`;
const many = (amount: number) => amount.toLocaleString("en-US", { maximumFractionDigits: amount < 10 ? 2 : 0 });

/** The page that says what a month costs. */
export function costPage(template: Template, ofHub: Template): string {
  const lines = (situation: Partial<Situation>, free = false) => costOf(template, { ...ONE, ...situation }, free);
  const sum = (situation: Partial<Situation>, free = false) => money(sumOf(lines(situation, free)));
  const chronic = lines({ chronic: CHRONIC });
  const items = lines({}).map((line, index) => [
    priceOf(line.price).unit,
    many(line.amount),
    money(line.dollars),
    many(chronic[index]?.amount ?? 0),
    money(chronic[index]?.dollars ?? 0),
  ]);
  const fleet = FLEETS.map((clusters) => [
    String(clusters),
    sum({ clusters }),
    sum({ clusters }, true),
    sum({ clusters, chronic: CHRONIC }),
    sum({ clusters, chronic: CHRONIC }, true),
    sum({ clusters, interval: 5 }),
    sum({ clusters, size: "large" }),
    money(sumOf(lines({ clusters, chronic: CHRONIC }).filter(isOwn)) + PRICE_OF_A_KEY),
  ]);
  const hubSum = (situation: Partial<Situation>, free = false) =>
    money(sumOf(costOf(ofHub, { ...ONE, ...situation, hub: true }, free)));
  const hub = FLEETS.map((clusters) => [
    String(clusters),
    hubSum({ clusters }),
    hubSum({ clusters }, true),
    hubSum({ clusters, chronic: CHRONIC }),
    hubSum({ clusters, chronic: CHRONIC }, true),
    hubSum({ clusters, interval: 5 }),
    hubSum({ clusters, size: "large" }),
  ]);
  const perFailure = sumOf(lines({ chronic: 2 })) - sumOf(lines({ chronic: 1 }));
  const prices = Object.values(PRICE_LIST.prices).map(({ dollars, per, unit, free, source }) => [
    unit,
    `$${dollars} for ${many(per)}`,
    free === 0 ? "" : many(free),
    source,
  ]);
  return `# What it costs

Written by \`npm run cost\` from the synthesised template, with the list prices of ${PRICE_LIST.region} as of ${PRICE_LIST.date}
([prices.json](../tools/cost/prices.json)) and with what was measured or, where it says so, assumed
([usage.ts](../tools/cost/usage.ts)). Dollars a month of 730 hours, without taxes.

A look each minute finds nothing to do in nearly all of the ${many(MINUTES_OF_A_MONTH)} minutes: one invocation of ${LOOK.seconds.small} s, and no
execution. Nothing is counted for what fails and is mended meanwhile: a rollback that works is 25 transitions and about ten
invocations, less than $0.001. What stored data costs (logs for a month, the record, evidence) is not counted: cents a GB.

## One cluster

${markdownTable([["a month", "all is well", "", `${CHRONIC} workloads fail for good`, ""], ...items, ["together", "", sum({}), "", sum({ chronic: CHRONIC })]]).join("\n")}

A workload that nobody mends rests, which costs nothing, and is told once a day: ${many(TOLD.transitions)} transitions and ${many(TOLD.invocations)} invocations,
${many(DAYS_OF_A_MONTH)} times a month. One more of them is ${money(perFailure)} a month.

## Several

Each cluster has a deployment of its own; nothing is shared. "Free" is beside what an account has for nothing for good, where
these deployments have all of it, in one account and region. The last three columns are a look each five minutes, clusters of
20,000 pods, and the fourth column again where all share one key (\`encryptionKey\`) and have no dashboards.

${markdownTable([["clusters", "all is well", "free", `${CHRONIC} fail for good in each`, "free", "each 5 minutes", "20,000 pods", "10 fail, one key, no dashboards"], ...fleet]).join("\n")}

## From a hub

[One deployment](fleet.md) looks after all of them. Clusters of its list have no metrics \`PodsSeen\` and \`Resting\`.

${markdownTable([["clusters", "all is well", "free", `${CHRONIC} fail for good in each`, "free", "each 5 minutes", "20,000 pods"], ...hub]).join("\n")}

What is dear is what stands by, and not what runs: the dashboard, the alarms, the key, the metrics.

- The key: \`encryptionKey\` of the construct lets deployments share one; it is $1 for all of them then. A key that was rotated
  costs more: AWS bills the earlier versions, too.
- The first three dashboards of an account are free; \`-c dashboard=off\` leaves it out.
- An alarm is billed by each metric that it adds up. What executions tell by themselves is in no alarm: the errors of their steps.
- A metric that is zero is not written, so that it is not paid. No metric has a dimension that tells workloads or namespaces apart.
- Looks are not traced; the executions are, as X-Ray samples them.
- A storm, a run that fails, and a workload that is held back start an execution each minute while they last, $0.0001 to
  $0.0006 each.
- Functions in a VPC need its endpoints or a NAT gateway, which cost more than all of this where there are none. What reading costs
  at the cluster's side (traffic between zones, EKS itself) is not in it.

## Prices

${markdownTable([["of", "price", "free in a month", "read at"], ...prices]).join("\n")}
`;
}
