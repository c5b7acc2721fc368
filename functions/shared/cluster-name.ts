import * as z from "zod";

/** An EKS cluster name, as the CreateCluster API checks it. */
const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]*$/;
const ARN = /^arn:aws[a-z-]*:eks:([a-z]{2}(?:-[a-z]+)+-\d+):(\d{12}):cluster\/([0-9A-Za-z][A-Za-z0-9_-]{0,99})$/;

/** The name of a cluster in the account and region that it is looked for in. */
export const plainClusterName = z
  .string("must be the name of an EKS cluster")
  .max(100, "must be at most 100 characters")
  .regex(NAME, "must start with a letter or digit and hold only letters, digits, - and _");

/** How requests name a cluster: by its name, or by its ARN where that does not tell it from others. */
export const clusterNameField = z.union([z.string().regex(ARN), plainClusterName], {
  error: ({ input }) =>
    typeof input === "string" && input.startsWith("arn:")
      ? "must be the name of an EKS cluster, or its whole ARN"
      : plainClusterName.safeParse(input).error?.issues[0]?.message,
});

/** A cluster, wherever it is. */
export interface ClusterPlace {
  name: string;
  account: string;
  region: string;
}

/** The cluster that an ARN names; undefined of a plain name. */
export function clusterOfArn(text: string): ClusterPlace | undefined {
  const [, region, account, name] = ARN.exec(text) ?? [];
  return region === undefined || account === undefined || name === undefined ? undefined : { name, account, region };
}

/** The name of a cluster as its own account and region know it. */
export function plainNameOf(clusterName: string): string {
  return clusterOfArn(clusterName)?.name ?? clusterName;
}

/** A cluster's name as people read it: one that is elsewhere is told with its account and region. */
export function shownCluster(clusterName: string): string {
  const place = clusterOfArn(clusterName);
  return place === undefined ? clusterName : `${place.name} (${place.account}, ${place.region})`;
}
