import { setTimeout as sleep } from "node:timers/promises";
import { lastKnownGood } from "../../lambda/last-known-good.ts";
import { observed } from "../../lambda/lambda.ts";
import { readParameter } from "../../lambda/parameter.ts";
import { addressIn } from "./address.ts";
import { deliver } from "./deliver.ts";
import { DESTINATIONS } from "./destinations.ts";
import { post } from "./post.ts";
import { readSecret } from "./secret.ts";

/** How long a secret is used before it is read again, in seconds. */
const SECRET_SECONDS = 60;

const destination = DESTINATIONS.find((each) => each === process.env["DESTINATION"]);
const secret = lastKnownGood(() => readSecret(process.env["DESTINATION_SECRET"] ?? "", readParameter), SECRET_SECONDS);

/** Delivers the topic's messages to the destination in `DESTINATION`, at the address in the parameter `DESTINATION_SECRET`. */
export const handler = observed(async (event) => {
  if (destination === undefined) throw new Error("DESTINATION names no destination");
  const address = async () => addressIn(await secret(), destination);
  return await deliver(event, { destination, address, post, sleep });
});
