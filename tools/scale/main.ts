import { DAY } from "./day.ts";
import { simulate } from "./simulate.ts";
import { figuresText } from "./text.ts";

// `npm run scale`
process.stdout.write(figuresText(DAY, await simulate(DAY)));
