import { createInterface } from "node:readline/promises";
import { unlessInterrupted, type Interruption } from "./interruption.ts";

/** Whether whoever sits at the terminal answers a question with yes. Whatever else they press is a no. */
export async function isAnsweredYes(question: string, interruption: Interruption): Promise<boolean> {
  // An earlier question has let the process end without an input.
  process.stdin.ref();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While a line is read, the terminal sends no signal for Ctrl-C. Ctrl-D ends the input, which is no answer.
  terminal.on("SIGINT", () => {
    interruption.request();
  });
  const closed = new Promise<string>((resolve) =>
    terminal.once("close", () => {
      resolve("");
    }),
  );
  try {
    const asked = terminal.question(`${question} [y/N] `);
    const answer = await unlessInterrupted(Promise.race([asked.catch(() => ""), closed]), interruption.signal);
    if (answer === undefined || answer === "") process.stderr.write("\n");
    return /^y(es)?$/i.test((answer ?? "").trim());
  } finally {
    terminal.close();
    // An input that is still read would keep the process alive.
    process.stdin.unref();
  }
}
