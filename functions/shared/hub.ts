import * as z from "zod";

/** What a function of a hub knows from its deployment, in the variable `EKS_HUB`. */
export const Hub = z.object({
  /** The hub's name, with which the names of the roles in other accounts begin. */
  name: z.string(),
  /** The parameter that holds the list of clusters. */
  parameter: z.string(),
  /** The name of this function in that of its roles. */
  function: z.string(),
  /** The ARN of the cluster that the hub is deployed for, which needs no list. */
  own: z.string(),
});
export type Hub = z.output<typeof Hub>;
