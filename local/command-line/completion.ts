import { Argument, type Command } from "commander";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** What an option may be given that has no fixed values, by its long name; nothing where that is a file. */
export type Values = (option: string, words: readonly string[]) => Promise<readonly string[]>;

/** What the shells call to ask for candidates, before the words; people do not. */
export const COMPLETE = "__complete";

/** Adds the command that prints what a shell has to run for completing the others. @param say prints a text */
export function addCompletion(command: Command, say: (text: string) => void): void {
  command
    .command("completion")
    .description("Print what a shell has to run for completing eks-remediation.")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .action((shell: (typeof SHELLS)[number]) => {
      say(SCRIPTS[shell]);
    });
}

/** What the last of the words, which is being written, may become; nothing where a file may stand. */
export async function candidates(command: Command, words: readonly string[], values: Values): Promise<string[]> {
  const written = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const called = command.commands.find((each) => before.includes(each.name())) ?? command;
  const all = await offered(called, before, written, values);
  return all.filter((text) => text.startsWith(written));
}

async function offered(
  called: Command,
  before: readonly string[],
  written: string,
  values: Values,
): Promise<readonly string[]> {
  const last = before.at(-1) ?? "";
  const option = called.options.find((each) => each.required && (each.short === last || each.long === last));
  if (option !== undefined) return option.argChoices ?? (await values(option.long ?? "", before));
  if (written.startsWith("-")) return [...called.options.map(({ long }) => long ?? ""), "--help"];
  return [
    ...called.commands.map((each) => each.name()),
    ...called.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  ];
}

/**
 * What kubectl is answered for its plugin: the candidates, then whether files may stand there as well.
 * Source: cobra's `ShellCompDirectiveDefault` and `ShellCompDirectiveNoFileComp`
 */
export function forKubectl(found: readonly string[]): string {
  return [...found, found.length === 0 ? ":0" : ":4"].join("\n");
}

/** The names of contexts have colons in them, where bash ends words: it completes what follows the last one. */
const BASH = `_eks_remediation() {
  local line=\${COMP_LINE:0:COMP_POINT} words current
  read -ra words <<< "$line"
  [[ $line == *' ' ]] && words+=("")
  current=\${words[\${#words[@]}-1]}
  local IFS=$'\\n'
  COMPREPLY=($(eks-remediation ${COMPLETE} "\${words[@]:1}" 2>/dev/null))
  [[ $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
}
complete -o default -F _eks_remediation eks-remediation`;

const ZSH = `#compdef eks-remediation
_eks_remediation() {
  local -a found
  found=(\${(f)"$(eks-remediation ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -a found; else _files; fi
}
compdef _eks_remediation eks-remediation`;

const FISH = `complete -c eks-remediation -a '(eks-remediation ${COMPLETE} (commandline -opc)[2..] (commandline -ct))'`;

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
