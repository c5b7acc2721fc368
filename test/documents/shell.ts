/** One command of a shell, as its words, without quotes. What is inside of `$(…)` and `<(…)` is a command of its own. */
export type Words = string[];

/** Words that begin or end a group of commands, and are none themselves. */
const GROUPING = /^(do|done|then|fi|\{|\}|\w+\(\))$/;
const ASSIGNMENT = /^\w+=/;

/** The commands of a script, in order. It knows as much of a shell as the documents need. */
export function commandsIn(script: string): Words[] {
  const reader = new Reader(script.replace(/\\\n\s*/g, " "));
  reader.commands(undefined);
  return reader.found.flatMap((words) => {
    const begin = words.findIndex((word) => !GROUPING.test(word) && !ASSIGNMENT.test(word));
    const rest = begin === -1 ? [] : words.slice(begin).filter((word) => word !== "}");
    return rest.length === 0 || rest[0] === "for" ? [] : [rest];
  });
}

class Reader {
  readonly found: Words[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Reads commands up to a character, or to the end. */
  commands(until: string | undefined): void {
    let words: Words = [];
    const end = () => {
      if (words.length > 0) this.found.push(words);
      words = [];
    };
    while (this.#at < this.#text.length && this.#text[this.#at] !== until) {
      const here = this.#text[this.#at] ?? "";
      if (/[\n;|&]/.test(here)) {
        end();
        this.#at++;
      } else if (/\s/.test(here)) this.#at++;
      else if (here === "#") this.#at = this.#nextLine();
      else words.push(this.#word(until));
    }
    this.#at++;
    end();
  }

  #word(until: string | undefined): string {
    let word = "";
    for (;;) {
      const here = this.#text[this.#at];
      if (here === undefined || here === until || /[\s;|&]/.test(here)) return word;
      if (/^[$<]\(/.test(this.#text.slice(this.#at, this.#at + 2))) {
        this.#at += 2;
        this.commands(")");
        word += "$(…)";
      } else if (here === "'" || here === '"') {
        const close = this.#text.indexOf(here, this.#at + 1);
        word += this.#text.slice(this.#at + 1, close);
        this.#at = close + 1;
      } else {
        word += here;
        this.#at++;
      }
    }
  }

  #nextLine(): number {
    const line = this.#text.indexOf("\n", this.#at);
    return line === -1 ? this.#text.length : line;
  }
}
