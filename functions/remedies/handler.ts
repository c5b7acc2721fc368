import { fleetPlace, fleetStorms } from "../lambda/fleet-storms.ts";
import { lambda } from "../lambda/lambda.ts";
import { keepInBucket } from "./keep-evidence.ts";
import { remedyNamed } from "./remedies.ts";
import { remedyStep } from "./step.ts";

/** Where there is a bucket for what a remedy destroys, it is kept there. */
const KEEPING = process.env["EVIDENCE_BUCKET"] === undefined ? {} : { preserve: keepInBucket };
/** In a hub, it waits for other clusters that fail alike. */
const IN_FLEET = process.env["EKS_HUB"] === undefined ? {} : { fleetPlace, fleetStorms };

/** Where the function's layer has Helm; only the function that runs it has that layer. */
const HELM = process.env["HELM"];
const WITH_HELM = HELM === undefined ? {} : { helm: () => Promise.resolve(HELM) };

/** Carries out, and undoes, the one remedy that the function's environment names. */
export const handler = lambda(
  (environment) => (event) =>
    remedyStep(remedyNamed(process.env["REMEDY"]))({ ...environment, ...KEEPING, ...IN_FLEET, ...WITH_HELM })(event),
);
