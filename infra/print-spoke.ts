import { spokeText } from "./spoke.ts";

// `npm run --silent spoke:template`, and `npm run --silent spoke:account-template`
process.stdout.write(spokeText(process.argv[2] === "account" ? "account" : "cluster"));
