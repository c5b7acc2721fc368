import { lambda } from "../lambda/lambda.ts";
import { remedyNamed } from "./remedies.ts";
import { remedyStep } from "./step.ts";

/** Carries out, and undoes, the one remedy that the function's environment names. */
export const handler = lambda(
  (environment) => (event) => remedyStep(remedyNamed(process.env["REMEDY"]))(environment)(event),
);
