import { spokeTemplate } from "./spoke.ts";

// `npm run --silent spoke:template`
process.stdout.write(`${JSON.stringify(spokeTemplate(), undefined, 2)}\n`);
