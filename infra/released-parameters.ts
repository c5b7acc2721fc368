import type { CfnParameterProps } from "aws-cdk-lib";
import { NETWORK_IDS } from "./network.ts";

const idsWithCommas = (id: string) => `(${id}(,${id})*)?`;

/** What is said when a release is deployed; all else is set when it is made. */
export const RELEASED = {
  ClusterName: {
    type: "String",
    description: "The EKS cluster to look after, in the account and region of the stack.",
    allowedPattern: "[0-9A-Za-z][A-Za-z0-9_-]{0,99}",
  },
  NotifyEmail: {
    type: "String",
    description: "Who is told the outcomes by e-mail, and has to confirm that once; empty: nobody.",
    allowedPattern: "([^\\s@]+@[^\\s@]+)?",
  },
  SubnetIds: {
    type: "String",
    description:
      "The subnets in which the functions run, with commas between them, for a cluster whose endpoint is private; empty: outside any VPC.",
    allowedPattern: idsWithCommas(NETWORK_IDS.subnet),
  },
  SecurityGroupIds: {
    type: "String",
    description: "Their security groups there, with commas between them; empty: outside any VPC.",
    allowedPattern: idsWithCommas(NETWORK_IDS.securityGroup),
  },
} satisfies Record<string, CfnParameterProps>;
