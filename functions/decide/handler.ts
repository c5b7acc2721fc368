import { observed, type Handler } from "../lambda/lambda.ts";
import { describeExecution, startOnce } from "../executions/start.ts";
import { answerLink } from "./decide.ts";
import { unavailablePage } from "./pages.ts";
import { isSigned } from "./verify-mac.ts";

const environment = { now: () => new Date(), isSigned, start: startOnce, describe: describeExecution };
const answer = observed((event) => answerLink(event, environment));

/** Answers the links by which people decide. What goes wrong is logged, and told by a page that says no more than that. */
export const handler: Handler = async (event, context) => await answer(event, context).catch(unavailablePage);
