import { WriteStream } from "node:tty";

/** Loaded before the command line: what it reads and writes is a terminal's, as far as it can tell. */

const { stdin, stdout, stderr } = process;
stdin.isTTY = true;
for (const stream of [stdout, stderr]) {
  stream.isTTY = true;
  // How many colours there are is read from the environment.
  stream.getColorDepth = (environment) => WriteStream.prototype.getColorDepth.call(stream, environment);
}
stdout.columns = Number(process.env["COLUMNS"] ?? 120);
stdin.setRawMode = (raw) => {
  stderr.write(raw ? "<raw>" : "<cooked>");
  return stdin;
};
