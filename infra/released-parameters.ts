import type { CfnParameterProps } from "aws-cdk-lib";

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
} satisfies Record<string, CfnParameterProps>;
