import { spokeText } from "./spoke.ts";

// `npm run --silent spoke:template`
process.stdout.write(spokeText());
